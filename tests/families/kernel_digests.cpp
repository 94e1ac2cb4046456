// Trains small perceptrons with the kernel and prints a digest of the bits of each result.
// Usage: kernel_digests depth width n_inputs n_classes batch_norm residual n batch rate [...]
// What is computed is what `kernel_cases.py` computes with the specification.
#include "kernel.cpp"

#include <cstdio>

struct Numbers {
  uint32_t state = 1;
  uint32_t next() { return state = state * 1664525u + 1013904223u; }
  float unit() { return (float)((int32_t)(next() >> 8) - (1 << 23)) / (float)(1 << 23); }
};

struct Digest {
  uint64_t value = 14695981039346656037u;  // FNV-1a
  template <class T>
  void add(const std::vector<T>& values) {
    const unsigned char* at = (const unsigned char*)values.data();
    for (size_t k = 0; k < values.size() * sizeof(T); k++)
      value = (value ^ at[k]) * 1099511628211u;
  }
};

template <class T>
void one_nan(std::vector<T>& values) {
  for (T& x : values)
    if (x != x) x = std::numeric_limits<T>::quiet_NaN();
}

int main(int count, char** arguments) {
  for (int at = 1; at + 9 <= count; at += 9) {
    int told[8];
    for (int k = 0; k < 8; k++) told[k] = std::atoi(arguments[at + k]);
    const Shape shape = {told[0], told[1], told[2], told[3], told[4], told[5]};
    const int64_t n = told[6], batch = told[7];
    const float rate = std::strtof(arguments[at + 8], nullptr);
    Numbers numbers;
    float* const nowhere = nullptr;
    const std::vector<Layer> layers = layers_of(shape, nowhere);
    const Layer& last = layers.back();
    std::vector<float> network((last.bias - nowhere) + last.n_out), inputs(n * shape.n_inputs);
    for (float& x : network) x = numbers.unit();
    for (const Layer& layer : layers_of(shape, network.data()))
      for (int u = 0; layer.variance && u < layer.n_out; u++) layer.variance[u] = 1.0f;
    for (float& x : inputs) x = 4.0f * numbers.unit();
    std::vector<int32_t> labels(n), order(n);
    for (int32_t& y : labels) y = (int32_t)((numbers.next() >> 8) % shape.n_classes);
    std::vector<uint32_t> draws(n);
    for (uint32_t& x : draws) x = numbers.next();
    std::vector<float> losses((n + batch - 1) / batch), probabilities(n * shape.n_classes);
    std::vector<float> largest(shape.depth * shape.width, -std::numeric_limits<float>::infinity());
    std::vector<double> norms(shape.depth + 1), loss(1);
    std::vector<int64_t> right(2);
    shuffle(draws.data(), n, order.data());
    train_epoch(&shape, network.data(), inputs.data(), labels.data(), order.data(), n, batch, rate,
                losses.data(), &right[0], norms.data());
    train_epoch(&shape, network.data(), inputs.data(), labels.data(), order.data(), n, batch, rate,
                losses.data(), &right[0], nullptr);
    evaluate(&shape, network.data(), inputs.data(), labels.data(), n, loss.data(), &right[1]);
    predict(&shape, network.data(), inputs.data(), n, probabilities.data());
    largest_activations(&shape, network.data(), inputs.data(), n, largest.data());
    Digest digest;
    for (auto* values : {&network, &losses, &probabilities, &largest}) one_nan(*values);
    for (auto* values : {&norms, &loss}) one_nan(*values);
    for (auto* values : {&network, &losses, &probabilities, &largest}) digest.add(*values);
    for (auto* values : {&norms, &loss}) digest.add(*values);
    digest.add(right);
    std::printf("%016llx\n", (unsigned long long)digest.value);
  }
}
