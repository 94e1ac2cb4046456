// Multi-layer perceptrons: plain SGD on the cross-entropy, the same bits on every processor.
//
// What is computed, in which order, is specified by `specification.py` beside this file; here it is
// fast. Every operation is one of IEEE 754 in single precision (+ - * / sqrt, comparisons, moves),
// exp and log are made of them, and no sum is reordered: compile without contraction and without
// fast-math. Vector width, processor, compiler and optimisation level then change no bit.
//
// Samples lie in lanes: 8 lanes make a column, 2 columns a panel, 16 columns a group (128 samples).
// Activations of a layer are panels of units: vector `2 * unit + column % 2` of panel `column / 2`.
// A sum over samples adds the columns of a group lane by lane, then the lanes as a tree, then the
// groups; lanes without a sample hold zeros. Batches below 8 put units in the lanes instead, and
// make the same sums.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

namespace {

constexpr int LANES = 8;
constexpr int PANEL = 2;
constexpr int GROUP = 16;
constexpr int TILE = 16;
constexpr int GROUP_SAMPLES = LANES * GROUP;
constexpr float EPSILON = 1e-5f;
constexpr float MOMENTUM = 0.1f;

typedef float Vec __attribute__((vector_size(4 * LANES)));
typedef int32_t Int __attribute__((vector_size(4 * LANES)));
typedef uint32_t Bits __attribute__((vector_size(4 * LANES)));

#ifdef __clang__
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (Int){__VA_ARGS__})
#endif

inline Vec all(float x) { return Vec{x, x, x, x, x, x, x, x}; }
inline Vec only(Vec x, Int kept) { return (Vec)((Int)x & kept); }

/// Lanes below `n`, as a mask.
inline Int below(int n) {
  const Int lane = {0, 1, 2, 3, 4, 5, 6, 7};
  return lane < Int{n, n, n, n, n, n, n, n};
}

/// 0 for what is below, NaN for NaN.
inline Vec relu(Vec x) { return x < Vec{} ? Vec{} : x; }

/// ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
inline float tree(Vec a) {
  a += SHUFFLE(a, a, 4, 5, 6, 7, 0, 1, 2, 3);
  a += SHUFFLE(a, a, 2, 3, 0, 1, 6, 7, 4, 5);
  return a[0] + a[1];
}

/// The same of eight vectors, lane by lane.
inline Vec tree_of(const Vec* a) {
  return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

/// The trees of eight vectors at once, in the order 0, 2, 4, 6, 1, 3, 5, 7.
inline Vec trees(const Vec* a) {
  Vec half[4], quarter[2];
  for (int k = 0; k < 4; k++) {
    const Vec x = a[2 * k], y = a[2 * k + 1];
    half[k] = SHUFFLE(x, y, 0, 1, 2, 3, 8, 9, 10, 11) + SHUFFLE(x, y, 4, 5, 6, 7, 12, 13, 14, 15);
  }
  for (int k = 0; k < 2; k++) {
    const Vec x = half[2 * k], y = half[2 * k + 1];
    quarter[k] =
        SHUFFLE(x, y, 0, 1, 8, 9, 4, 5, 12, 13) + SHUFFLE(x, y, 2, 3, 10, 11, 6, 7, 14, 15);
  }
  const Vec x = quarter[0], y = quarter[1];
  return SHUFFLE(x, y, 0, 2, 8, 10, 4, 6, 12, 14) + SHUFFLE(x, y, 1, 3, 9, 11, 5, 7, 13, 15);
}

/// e to the power x for x <= 0: 2^n times a polynomial (Cephes' expf); 0 below -64.
inline Vec exponential(Vec x) {
  const Vec magic = all(12582912.0f);  // 1.5 * 2^23: adding it rounds to a whole number
  const Vec t = x * all(1.44269504088896341f) + magic;
  const Vec n = t - magic;
  Vec r = x - n * all(0.693359375f);
  r = r - n * all(-2.12194440e-4f);
  Vec p = all(1.9875691500e-4f);
  p = p * r + all(1.3981999507e-3f);
  p = p * r + all(8.3334519073e-3f);
  p = p * r + all(4.1665795894e-2f);
  p = p * r + all(1.6666665459e-1f);
  p = p * r + all(5.0000001201e-1f);
  p = p * r * r + r + all(1.0f);
  const Vec power = (Vec)(((Bits)t - 0x4B400000u + 127u) << 23);
  return x < all(-64.0f) ? Vec{} : p * power;
}

/// Natural logarithm of x >= 1 (Cephes' logf); NaN of NaN.
inline Vec logarithm(Vec x) {
  // x = 2^e m with m from sqrt(1/2) to sqrt(2)
  const Bits shifted = (Bits)x - 0x3F3504F3u;
  const Vec e = __builtin_convertvector((Int)(shifted >> 23), Vec);
  const Vec m = (Vec)((shifted & 0x007FFFFFu) + 0x3F3504F3u);
  const Vec r = m - all(1.0f), square = r * r;
  Vec p = all(7.0376836292e-2f);
  p = p * r - all(1.1514610310e-1f);
  p = p * r + all(1.1676998740e-1f);
  p = p * r - all(1.2420140846e-1f);
  p = p * r + all(1.4249322787e-1f);
  p = p * r - all(1.6668057665e-1f);
  p = p * r + all(2.0000714765e-1f);
  p = p * r - all(2.4999993993e-1f);
  p = p * r + all(3.3333331174e-1f);
  p = p * r * square + e * all(-2.12194440e-4f) - square * all(0.5f);
  const Vec result = r + p + e * all(0.693359375f);
  return x == x ? result : x;
}

struct Shape {
  int32_t depth, width, n_inputs, n_classes, batch_norm, residual;
};

/// Where the numbers of one layer lie in a network's vector.
struct Layer {
  int n_in, n_out;
  float *weight, *bias, *gamma, *beta, *mean,
      *variance;  // the last four: nullptr without batch norm
};

std::vector<Layer> layers_of(const Shape& shape, float* at) {
  std::vector<Layer> layers;
  for (int l = 0; l <= shape.depth; l++) {
    Layer layer{l ? shape.width : shape.n_inputs, l < shape.depth ? shape.width : shape.n_classes};
    layer.weight = at;
    at += (int64_t)layer.n_out * layer.n_in;
    layer.bias = at;
    at += layer.n_out;
    if (shape.batch_norm && l < shape.depth) {
      layer.gamma = at;
      layer.beta = layer.gamma + layer.n_out;
      layer.mean = layer.beta + layer.n_out;
      layer.variance = layer.mean + layer.n_out;
      at = layer.variance + layer.n_out;
    }
    layers.push_back(layer);
  }
  return layers;
}

/// Room for vectors, zeroed and aligned.
struct Room {
  explicit Room(size_t n) : at((Vec*)std::aligned_alloc(64, (n * sizeof(Vec) + 63) / 64 * 64)) {
    if (!at) std::abort();
    std::memset((void*)at, 0, n * sizeof(Vec));
  }
  ~Room() { std::free(at); }
  Room(const Room&) = delete;
  Vec* at;
};

// ---- matrices times panels ------------------------------------------------------------------

/// Sums of O units over one panel: bias[k] + sum over i of w[k * out + i * in] * x[i].
template <int O, class Store>
inline void affine_block(const float* w, int64_t out, int64_t in, const float* bias, const Vec* x,
                         int n_in, int first, Store store) {
  Vec sum[O][PANEL];
  for (int k = 0; k < O; k++)
    for (int j = 0; j < PANEL; j++) sum[k][j] = bias ? all(bias[first + k]) : Vec{};
  w += first * out;
  for (int i = 0; i < n_in; i++, x += PANEL, w += in)
    for (int k = 0; k < O; k++) {
      const Vec weight = all(w[k * out]);
      for (int j = 0; j < PANEL; j++) sum[k][j] += weight * x[j];
    }
  for (int k = 0; k < O; k++)
    for (int j = 0; j < PANEL; j++) store(PANEL * (first + k) + j, sum[k][j]);
}

template <class Store>
inline void affine(const float* w, int64_t out, int64_t in, const float* bias, const Vec* x,
                   int n_out, int n_in, Store store) {
  int first = 0;
  for (; first + 4 <= n_out; first += 4) affine_block<4>(w, out, in, bias, x, n_in, first, store);
  switch (n_out - first) {
    case 3:
      affine_block<3>(w, out, in, bias, x, n_in, first, store);
      break;
    case 2:
      affine_block<2>(w, out, in, bias, x, n_in, first, store);
      break;
    case 1:
      affine_block<1>(w, out, in, bias, x, n_in, first, store);
      break;
  }
}

/// Activations or their gradients: panels of units.
struct Panels {
  Vec* at;
  int64_t stride;  // vectors from panel to panel
  Vec* panel(int p) const { return at + p * stride; }
  Vec& operator()(int unit, int column) const {
    return panel(column / PANEL)[PANEL * unit + column % PANEL];
  }
};

template <int O, int I>
inline void gradient_block(float* gradient, int n_in, const Vec* d, int64_t d_stride, const Vec* x,
                           int64_t x_stride, int panels) {
  Vec sum[I * O] = {};
  for (int p = 0; p < panels; p++, d += d_stride, x += x_stride)
    for (int j = 0; j < PANEL; j++)
      for (int i = 0; i < I; i++)
        for (int o = 0; o < O; o++) sum[i * O + o] += d[PANEL * o + j] * x[PANEL * i + j];
  if (O == 2 && I == 4) {
    const Vec all_sums = trees(sum);  // o 0: i 0 1 2 3, o 1: i 0 1 2 3
    for (int o = 0; o < O; o++)
      for (int i = 0; i < I; i++) gradient[o * n_in + i] += all_sums[o * I + i];
  } else {
    for (int i = 0; i < I; i++)
      for (int o = 0; o < O; o++) gradient[o * n_in + i] += tree(sum[i * O + o]);
  }
}

template <int O>
inline void gradient_rows(float* gradient, int n_in, Panels d, Panels x, int from, int to,
                          int panels) {
  int i = from;
  for (; i + 4 <= to; i += 4)
    gradient_block<O, 4>(gradient + i, n_in, d.at, d.stride, x.at + PANEL * i, x.stride, panels);
  for (; i < to; i++)
    gradient_block<O, 1>(gradient + i, n_in, d.at, d.stride, x.at + PANEL * i, x.stride, panels);
}

/// gradient[o][i] += the sum over the samples of at most one group of d[o] * x[i].
void add_weight_gradient(float* gradient, Panels d, Panels x, int n_out, int n_in, int panels) {
  for (int from = 0; from < n_in; from += TILE) {  // so many inputs stay in the first cache
    const int to = std::min(n_in, from + TILE);
    int o = 0;
    for (; o + 2 <= n_out; o += 2)
      gradient_rows<2>(gradient + (int64_t)o * n_in, n_in, {d.at + PANEL * o, d.stride}, x, from,
                       to, panels);
    if (o < n_out)
      gradient_rows<1>(gradient + (int64_t)o * n_in, n_in, {d.at + PANEL * o, d.stride}, x, from,
                       to, panels);
  }
}

/// sums[u] += for each unit the sum over the samples of one group.
void add_sample_sums(float* sums, Panels d, int n, int panels) {
  for (int u = 0; u < n; u++) {
    Vec sum = {};
    for (int c = 0; c < PANEL * panels; c++) sum += d(u, c);
    sums[u] += tree(sum);
  }
}

/// What softmax finds of a column: the sum of the exponentials, the largest and the true logit.
struct Column {
  Vec sum, largest, wanted;
  Vec loss() const { return logarithm(sum) + (largest - wanted); }
  Int right(Int present) const { return (wanted >= largest) & (sum == sum) & present; }
};

// ---- one network ----------------------------------------------------------------------------

/// A network and room for the samples of one pass through it.
class Network {
 public:
  Network(const Shape& shape, float* parameters, int samples)
      : shape_(shape),
        layers_(layers_of(shape, parameters)),
        widest_(std::max(shape.n_inputs, std::max(shape.width, shape.n_classes))),
        // an odd number of cache lines from panel to panel keeps them out of each other's way
        stride_(PANEL * (int64_t)(widest_ | 1)),
        panels_((samples + PANEL * LANES - 1) / (PANEL * LANES)),
        plane_(stride_ * panels_),
        hidden_(plane_ * (shape.depth + 1)),
        rectified_(shape.residual ? plane_ * (shape.depth + 1) : 0),
        normalised_(shape.batch_norm ? plane_ * shape.depth : 0),
        gradients_(3 * plane_),
        labels_(panels_ * PANEL * LANES),
        inverse_((size_t)shape.depth * shape.width),
        weight_gradient_(layers_.size()),
        bias_gradient_(layers_.size()) {
    for (size_t l = 0; l < layers_.size(); l++) {
      weight_gradient_[l].assign((size_t)layers_[l].n_in * layers_[l].n_out, 0.0f);
      bias_gradient_[l].assign(layers_[l].n_out, 0.0f);
    }
  }

  /// Take n samples: rows of values (., n_inputs) and labels, in some order or one after another.
  void gather(const float* values, const int32_t* labels, const int32_t* order, int n) {
    samples_ = n;
    used_ = (n + PANEL * LANES - 1) / (PANEL * LANES);
    float* to = (float*)hidden_.at;
    const int n_inputs = shape_.n_inputs;
    for (int b = 0; b < used_ * PANEL * LANES; b++) {
      float* sample = to + (b / (PANEL * LANES)) * stride_ * LANES + b % (PANEL * LANES);
      if (b < n) {
        const int64_t row = order ? order[b] : b;
        for (int f = 0; f < n_inputs; f++) sample[f * PANEL * LANES] = values[row * n_inputs + f];
        labels_[b] = labels ? labels[row] : 0;
      } else {
        for (int f = 0; f < n_inputs; f++) sample[f * PANEL * LANES] = 0.0f;
      }
    }
  }

  /// Compute the hidden layers and the logits; in train mode batch norm sees this batch.
  void forward(bool train) {
    for (int l = 0; l <= shape_.depth; l++) {
      const Layer& layer = layers_[l];
      const bool hidden = l < shape_.depth, normalise = hidden && shape_.batch_norm;
      const Panels x = plane(hidden_, l), z = hidden ? relu_of(l) : gradient(0);
      for (int p = 0; p < used_; p++) {
        Vec* to = z.panel(p);
        if (hidden && !normalise)
          affine(layer.weight, layer.n_in, 1, layer.bias, x.panel(p), layer.n_out, layer.n_in,
                 [=](int at, Vec sum) { to[at] = relu(sum); });
        else
          affine(layer.weight, layer.n_in, 1, layer.bias, x.panel(p), layer.n_out, layer.n_in,
                 [=](int at, Vec sum) { to[at] = sum; });
      }
      if (normalise) train ? normalise_batch(l, z) : normalise_running(l, z);
      if (hidden) clear_absent(z, layer.n_out);
      if (hidden && shape_.residual) {
        const Panels h = plane(hidden_, l + 1);
        for (int p = 0; p < used_; p++)
          for (int at = 0; at < PANEL * layer.n_out; at++)
            h.panel(p)[at] = l ? x.panel(p)[at] + z.panel(p)[at] : z.panel(p)[at];
      }
    }
  }

  /// Softmax of a column's logits: exponentials in place of them.
  Column softmax(int column) {
    const Panels z = gradient(0);
    Column found;
    float wanted[LANES] = {};
    const int32_t* label = labels_.data() + column * LANES;
    for (int lane = 0; lane < LANES && column * LANES + lane < samples_; lane++)
      wanted[lane] = z(label[lane], column)[lane];
    std::memcpy(&found.wanted, wanted, sizeof wanted);
    found.largest = z(0, column);
    for (int q = 1; q < shape_.n_classes; q++)
      found.largest = z(q, column) > found.largest ? z(q, column) : found.largest;
    found.sum = Vec{};
    for (int first = 0; first < shape_.n_classes; first += GROUP_SAMPLES) {
      Vec lane[LANES] = {};
      for (int q = first; q < shape_.n_classes && q < first + GROUP_SAMPLES; q += LANES)
        for (int k = 0; k < LANES && q + k < shape_.n_classes; k++) {
          Vec& value = z(q + k, column);
          value = exponential(value - found.largest);
          lane[k] += value;
        }
      found.sum += tree_of(lane);
    }
    return found;
  }

  Int present(int column) const { return below(samples_ - column * LANES); }
  int columns() const { return used_ * PANEL; }

  /// Turn logits into the gradient of the mean loss of a batch; add up losses and right answers.
  void loss_gradient(int batch, float* loss, int64_t* right) {
    const float share = 1.0f / (float)batch;
    const Panels z = gradient(0);
    Int count = {};
    for (int first = 0; first < columns(); first += GROUP) {
      Vec losses = {};
      for (int c = first; c < columns() && c < first + GROUP; c++) {
        const Int here = present(c);
        const Column found = softmax(c);
        losses += only(found.loss(), here);
        count += found.right(here);
        const Vec scale = only(all(share) / found.sum, here);
        for (int q = 0; q < shape_.n_classes; q++) z(q, c) = only(z(q, c) * scale, here);
        for (int lane = 0; lane < LANES && c * LANES + lane < samples_; lane++)
          z(labels_[c * LANES + lane], c)[lane] -= share;
      }
      *loss += tree(losses);
    }
    for (int lane = 0; lane < LANES; lane++) *right -= count[lane];
  }

  /// From the gradient of the logits add the gradients of all weights and biases.
  void backward(float rate) {
    int own = 0;
    for (int l = shape_.depth; l >= 0; l--) {
      const Layer& layer = layers_[l];
      const Panels d = gradient(own), x = plane(hidden_, l);
      if (shape_.batch_norm && l < shape_.depth) normalise_backward(l, d, rate);
      for (int p = 0; p < used_; p += GROUP / PANEL) {
        const int panels = std::min(used_ - p, GROUP / PANEL);
        const Panels part{d.panel(p), d.stride};
        add_weight_gradient(weight_gradient_[l].data(), part, {x.panel(p), x.stride}, layer.n_out,
                            layer.n_in, panels);
        add_sample_sums(bias_gradient_[l].data(), part, layer.n_out, panels);
      }
      if (l) backward_inputs(l, own);
      own = 1 - own;
    }
  }

  /// Softmax in place of the logits.
  void probabilities() {
    for (int c = 0; c < columns(); c++) {
      const Vec sum = softmax(c).sum;
      for (int q = 0; q < shape_.n_classes; q++) gradient(0)(q, c) /= sum;
    }
  }

  /// Add the losses and right answers of the samples.
  void score(double* loss, int64_t* right) {
    double lanes[LANES] = {};
    for (int c = 0; c < columns(); c++) {
      const Column found = softmax(c);
      const Vec losses = only(found.loss(), present(c));
      const Int correct = found.right(present(c));
      for (int lane = 0; lane < LANES; lane++) {
        lanes[lane] += losses[lane];
        *right -= correct[lane];
      }
    }
    const double* a = lanes;
    *loss += ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
  }

  float output(int unit, int sample) const {
    return gradient(0)(unit, sample / LANES)[sample % LANES];
  }

  /// Raise largest (depth, width) to what the ReLUs give; NaN stays.
  void raise(float* largest) const {
    for (int l = 0; l < shape_.depth; l++)
      for (int u = 0; u < shape_.width; u++, largest++) {
        Vec most = all(*largest);
        for (int c = 0; c < columns(); c++) {
          const Vec x = relu_of(l)(u, c);
          most = ((x > most) | (x != x)) & present(c) ? x : most;
        }
        for (int lane = 0; lane < LANES; lane++)
          if (most[lane] > *largest || most[lane] != most[lane]) *largest = most[lane];
      }
  }

  /// One step down the gradient, which is cleared; add the squares of each layer's gradient.
  void descend(float rate, double* norms) {
    for (size_t l = 0; l < layers_.size(); l++) {
      const Layer& layer = layers_[l];
      std::vector<float>&weight = weight_gradient_[l], &bias = bias_gradient_[l];
      if (norms) norms[l] += squared_norm(weight, layer.n_out, layer.n_in);
      for (size_t k = 0; k < weight.size(); k++) layer.weight[k] -= rate * weight[k];
      for (size_t k = 0; k < bias.size(); k++) layer.bias[k] -= rate * bias[k];
      std::fill(weight.begin(), weight.end(), 0.0f);
      std::fill(bias.begin(), bias.end(), 0.0f);
    }
  }

  Panels relu_of(int l) const {
    return shape_.residual ? plane(rectified_, l + 1) : plane(hidden_, l + 1);
  }

 private:
  Panels plane(const Room& room, int l) const { return {room.at + l * plane_, stride_}; }
  Panels gradient(int which) const { return plane(gradients_, which); }

  /// Zero the lanes without a sample.
  void clear_absent(Panels z, int n) const {
    for (int c = samples_ / LANES; c < columns(); c++)
      for (int u = 0; u < n; u++) z(u, c) = only(z(u, c), present(c));
  }

  /// The gradient of layer l's inputs, masked by the ReLU that made them.
  void backward_inputs(int l, int own) {
    const Layer& layer = layers_[l];
    const Panels d = gradient(own), to = gradient(1 - own), relu = relu_of(l - 1);
    const Panels bypass = gradient(2);
    for (int p = 0; p < used_; p++) {
      const Vec* r = relu.panel(p);
      Vec *z = to.panel(p), *h = bypass.panel(p);
      if (!shape_.residual)
        affine(layer.weight, 1, layer.n_in, nullptr, d.panel(p), layer.n_in, layer.n_out,
               [=](int at, Vec sum) { z[at] = r[at] <= Vec{} ? Vec{} : sum; });
      else {
        const bool bypassed = l < shape_.depth;  // the layer's inputs were added to its outputs
        affine(layer.weight, 1, layer.n_in, nullptr, d.panel(p), layer.n_in, layer.n_out,
               [=](int at, Vec sum) {
                 h[at] = bypassed ? sum + h[at] : sum;
                 z[at] = r[at] <= Vec{} ? Vec{} : h[at];
               });
      }
    }
  }

  /// The sum over the samples of what is in their columns.
  template <class Term>
  float sample_sum(Term term) const {
    float total = 0.0f;
    for (int first = 0; first < columns(); first += GROUP) {
      Vec sum = {};
      for (int c = first; c < columns() && c < first + GROUP; c++) sum += term(c);
      total += tree(sum);
    }
    return total;
  }

  void normalise_batch(int l, Panels z) {
    const Layer& layer = layers_[l];
    const float n = (float)samples_, unbiased = n / (n - 1.0f);
    const Panels normal = plane(normalised_, l);
    clear_absent(z, layer.n_out);
    for (int u = 0; u < layer.n_out; u++) {
      const float mean = sample_sum([&](int c) { return z(u, c); }) / n;
      for (int c = 0; c < columns(); c++) normal(u, c) = only(z(u, c) - all(mean), present(c));
      const float variance = sample_sum([&](int c) { return normal(u, c) * normal(u, c); }) / n;
      const float inverse = 1.0f / std::sqrt(variance + EPSILON);
      inverse_[l * shape_.width + u] = inverse;
      layer.mean[u] = layer.mean[u] * (1.0f - MOMENTUM) + mean * MOMENTUM;
      layer.variance[u] = layer.variance[u] * (1.0f - MOMENTUM) + variance * unbiased * MOMENTUM;
      for (int c = 0; c < columns(); c++) {
        normal(u, c) *= all(inverse);
        z(u, c) = relu(normal(u, c) * all(layer.gamma[u]) + all(layer.beta[u]));
      }
    }
  }

  void normalise_running(int l, Panels z) {
    const Layer& layer = layers_[l];
    for (int u = 0; u < layer.n_out; u++) {
      const float inverse = 1.0f / std::sqrt(layer.variance[u] + EPSILON);
      for (int c = 0; c < columns(); c++) {
        const Vec normal = (z(u, c) - all(layer.mean[u])) * all(inverse);
        z(u, c) = relu(normal * all(layer.gamma[u]) + all(layer.beta[u]));
      }
    }
  }

  void normalise_backward(int l, Panels d, float rate) {
    const Layer& layer = layers_[l];
    const float n = (float)samples_;
    const Panels normal = plane(normalised_, l);
    for (int u = 0; u < layer.n_out; u++) {
      const float sum = sample_sum([&](int c) { return d(u, c); });
      const float product = sample_sum([&](int c) { return d(u, c) * normal(u, c); });
      const float scale = layer.gamma[u] * inverse_[l * shape_.width + u];
      const float mean = sum / n, slope = product / n;
      for (int c = 0; c < columns(); c++) {
        const Vec centred = (d(u, c) - all(mean)) - normal(u, c) * all(slope);
        d(u, c) = only(centred * all(scale), present(c));
      }
      layer.gamma[u] -= rate * product;
      layer.beta[u] -= rate * sum;
    }
  }

  /// Down each column, then along the row of their sums.
  static double squared_norm(const std::vector<float>& gradient, int n_out, int n_in) {
    std::vector<double> column(n_in, 0.0);
    for (int o = 0; o < n_out; o++)
      for (int i = 0; i < n_in; i++) {
        const double g = gradient[(size_t)o * n_in + i];
        column[i] += g * g;
      }
    double total = 0.0;
    for (double value : column) total += value;
    return total;
  }

  Shape shape_;
  std::vector<Layer> layers_;
  int widest_;
  int64_t stride_;
  int panels_;
  int64_t plane_;
  Room hidden_, rectified_, normalised_, gradients_;
  std::vector<int32_t> labels_;
  std::vector<float> inverse_;
  std::vector<std::vector<float>> weight_gradient_, bias_gradient_;
  int samples_ = 0, used_ = 0;
};

// ---- batches below eight: units in the lanes ------------------------------------------------

/// Training with batches of at most 7 samples, without batch norm.
class SmallBatches {
 public:
  SmallBatches(const Shape& shape, float* parameters)
      : shape_(shape), layers_(layers_of(shape, parameters)), room_(vectors(shape, layers_)) {
    Vec* at = room_.at;
    auto take = [&](int64_t n) { return std::exchange(at, at + n); };
    for (const Layer& layer : layers_) {
      Lanes own{in_vectors(layer.n_in), in_vectors(layer.n_out)};
      own.by_input = take((int64_t)layer.n_in * own.out);
      own.by_output = take((int64_t)layer.n_out * own.in);
      own.bias = take(own.out);
      own.hidden = take((LANES - 1) * own.in);
      own.rectified = shape.residual ? take((LANES - 1) * own.out) : nullptr;
      for (int o = 0; o < layer.n_out; o++) {
        ((float*)own.bias)[o] = layer.bias[o];
        for (int i = 0; i < layer.n_in; i++)
          ((float*)own.by_input)[i * own.out * LANES + o] =
              ((float*)own.by_output)[o * own.in * LANES + i] =
                  layer.weight[(int64_t)o * layer.n_in + i];
      }
      lanes_.push_back(own);
      widest_ = std::max(widest_, std::max(own.in, own.out));
    }
    d_ = take((LANES - 1) * widest_);
    next_ = take((LANES - 1) * widest_);
    bypass_ = take((LANES - 1) * widest_);
  }

  /// Write the numbers back to where they came from.
  void store() const {
    for (size_t l = 0; l < layers_.size(); l++) {
      const Layer& layer = layers_[l];
      for (int o = 0; o < layer.n_out; o++) {
        layer.bias[o] = ((float*)lanes_[l].bias)[o];
        for (int i = 0; i < layer.n_in; i++)
          layer.weight[(int64_t)o * layer.n_in + i] =
              ((float*)lanes_[l].by_output)[o * lanes_[l].in * LANES + i];
      }
    }
  }

  /// Take one step on B samples; return their mean loss.
  template <int B>
  float step(const float* values, const int32_t* labels, const int32_t* order, float rate,
             int64_t* right) {
    for (int b = 0; b < B; b++)
      for (int f = 0; f < shape_.n_inputs; f++)
        ((float*)(lanes_[0].hidden + b * lanes_[0].in))[f] =
            values[(int64_t)order[b] * shape_.n_inputs + f];
    for (int l = 0; l <= shape_.depth; l++) forward<B>(l);
    const float loss = loss_gradient<B>(labels, order, right);
    for (int l = shape_.depth; l >= 0; l--) backward<B>(l, rate);
    return loss;
  }

 private:
  /// A layer's numbers and inputs with outputs or inputs in the lanes; in, out: vectors of a row.
  struct Lanes {
    int in, out;
    Vec *by_input, *by_output, *bias, *hidden, *rectified;
  };

  static int in_vectors(int n) { return (n + LANES - 1) / LANES; }

  static size_t vectors(const Shape& shape, const std::vector<Layer>& layers) {
    size_t n = 0, widest = 0;
    for (const Layer& layer : layers) {
      const size_t in = in_vectors(layer.n_in), out = in_vectors(layer.n_out);
      n += layer.n_in * out + layer.n_out * in + out +
           (LANES - 1) * (in + (shape.residual ? out : 0));
      widest = std::max(widest, std::max(in, out));
    }
    return n + 3 * (LANES - 1) * widest;
  }

  /// Sum of what B samples have, each in a lane of its own: the tree of B lanes and zeros.
  template <int B, class Term>
  static Vec lane_tree(Term term) {
    Vec a[LANES];
    for (int b = 0; b < LANES; b++) a[b] = b < B ? Vec{} + term(b) : Vec{};
    return tree_of(a);
  }

  /// V vectors of outputs from vector v on, for B samples.
  template <int B, int V, class Store>
  static void rows(const Vec* w, int stride, const Vec* bias, const Vec* x, int x_stride, int n,
                   int v, Store store) {
    Vec sum[B][V];
    for (int b = 0; b < B; b++)
      for (int k = 0; k < V; k++) sum[b][k] = bias ? bias[v + k] : Vec{};
    for (int i = 0; i < n; i++)
      for (int b = 0; b < B; b++) {
        const Vec value = all(((const float*)(x + b * x_stride))[i]);
        for (int k = 0; k < V; k++) sum[b][k] += w[i * stride + v + k] * value;
      }
    for (int b = 0; b < B; b++)
      for (int k = 0; k < V; k++) store(b, v + k, sum[b][k]);
  }

  template <int B, class Store>
  static void all_rows(const Vec* w, int stride, const Vec* bias, const Vec* x, int x_stride, int n,
                       Store store) {
    int v = 0;
    for (; v + 2 <= stride; v += 2) rows<B, 2>(w, stride, bias, x, x_stride, n, v, store);
    for (; v < stride; v++) rows<B, 1>(w, stride, bias, x, x_stride, n, v, store);
  }

  template <int B>
  void forward(int l) {
    const Lanes& own = lanes_[l];
    const Vec* x = own.hidden;
    if (l == shape_.depth)
      return all_rows<B>(own.by_input, own.out, own.bias, x, own.in, layers_[l].n_in,
                         [&](int b, int v, Vec sum) { d_[b * widest_ + v] = sum; });
    Vec* h = lanes_[l + 1].hidden;
    all_rows<B>(own.by_input, own.out, own.bias, x, own.in, layers_[l].n_in,
                [&](int b, int v, Vec sum) {
                  const Vec positive = relu(sum);
                  const int at = b * own.out + v;
                  if (shape_.residual) own.rectified[at] = positive;
                  h[at] = shape_.residual && l ? x[at] + positive : positive;
                });
  }

  template <int B>
  float loss_gradient(const int32_t* labels, const int32_t* order, int64_t* right) {
    const int n = lanes_.back().out, n_classes = shape_.n_classes;
    const float share = 1.0f / (float)B;
    float sums[LANES] = {}, largest[LANES] = {}, wanted[LANES] = {};
    const Int last = below(n_classes - (n - 1) * LANES);
    for (int b = 0; b < B; b++) {
      Vec* z = d_ + b * widest_;
      wanted[b] = ((float*)z)[labels[order[b]]];
      z[n - 1] = last ? z[n - 1] : all(-std::numeric_limits<float>::infinity());
      Vec most = z[0];
      for (int v = 1; v < n; v++) most = z[v] > most ? z[v] : most;
      largest[b] = most[0];
      for (int k = 1; k < LANES; k++) largest[b] = most[k] > largest[b] ? most[k] : largest[b];
      for (int first = 0; first < n; first += GROUP) {
        Vec sum = {};
        for (int v = first; v < n && v < first + GROUP; v++) {
          z[v] = exponential(z[v] - all(largest[b]));
          if (v == n - 1) z[v] = only(z[v], last);
          sum += z[v];
        }
        sums[b] += tree(sum);
      }
      const Vec scale = all(share / sums[b]);
      for (int v = 0; v < n; v++) z[v] *= scale;
      z[n - 1] = only(z[n - 1], last);
      ((float*)z)[labels[order[b]]] -= share;
    }
    Column found;
    std::memcpy(&found.sum, sums, sizeof sums);
    std::memcpy(&found.largest, largest, sizeof largest);
    std::memcpy(&found.wanted, wanted, sizeof wanted);
    const Int correct = found.right(below(B));
    for (int b = 0; b < B; b++) *right -= correct[b];
    return (0.0f + tree(only(found.loss(), below(B)))) / (float)B;
  }

  template <int B>
  void backward(int l, float rate) {
    const Lanes& own = lanes_[l];
    const Layer& layer = layers_[l];
    if (l) {
      const Vec* relu = shape_.residual ? lanes_[l - 1].rectified : own.hidden;
      const bool bypassed = shape_.residual && l < shape_.depth;
      all_rows<B>(own.by_output, own.in, nullptr, d_, widest_, layer.n_out,
                  [&](int b, int v, Vec sum) {
                    Vec& h = bypass_[b * widest_ + v];
                    h = bypassed ? sum + h : sum;
                    next_[b * widest_ + v] = relu[b * own.in + v] <= Vec{} ? Vec{} : h;
                  });
    }
    const Vec *d = d_, *x = own.hidden;
    descend<B>(own.by_output, layer.n_out, own.in, d, widest_, x, own.in, rate);
    descend<B>(own.by_input, layer.n_in, own.out, x, own.in, d, widest_, rate);
    for (int v = 0; v < own.out; v++)
      own.bias[v] -= all(rate) * lane_tree<B>([&](int b) { return d[b * widest_ + v]; });
    std::swap(d_, next_);
  }

  /// w[r][v] -= rate * the sum over samples of row[r] * lane[v].
  template <int B>
  static void descend(Vec* w, int n_rows, int n_vectors, const Vec* row, int row_stride,
                      const Vec* lane, int lane_stride, float rate) {
    const Vec step = all(rate);
    for (int r = 0; r < n_rows; r++) {
      Vec value[B];
      for (int b = 0; b < B; b++) value[b] = all(((const float*)(row + b * row_stride))[r]);
      for (int v = 0; v < n_vectors; v++)
        w[r * n_vectors + v] -=
            step * lane_tree<B>([&](int b) { return value[b] * lane[b * lane_stride + v]; });
    }
  }

  Shape shape_;
  std::vector<Layer> layers_;
  Room room_;
  std::vector<Lanes> lanes_;
  int widest_ = 0;
  Vec *d_, *next_, *bypass_;
};

/// Take a step on every `size` samples, with the code for batches of that size, at most B.
template <int B = LANES - 1>
void train_small(SmallBatches& network, int64_t size, const float* values, const int32_t* labels,
                 const int32_t* order, int64_t n, float rate, float* losses, int64_t* right) {
  if (size == B)
    for (int64_t first = 0; first + B <= n; first += B)
      *losses++ = network.step<B>(values, labels, order + first, rate, right);
  else if constexpr (B > 1)
    train_small<B - 1>(network, size, values, labels, order, n, rate, losses, right);
}

/// Run the samples through a network in eval mode, a group at a time.
template <class Use>
void for_groups(const Shape& shape, const float* parameters, const float* values,
                const int32_t* labels, int64_t n, Use use) {
  Network network(shape, const_cast<float*>(parameters), (int)std::min<int64_t>(n, GROUP_SAMPLES));
  for (int64_t first = 0; first < n; first += GROUP_SAMPLES) {
    const int count = (int)std::min<int64_t>(GROUP_SAMPLES, n - first);
    network.gather(values + first * shape.n_inputs, labels ? labels + first : nullptr, nullptr,
                   count);
    network.forward(false);
    use(network, first, count);
  }
}

}  // namespace

extern "C" {

void train_epoch(const Shape* shape, float* parameters, const float* values, const int32_t* labels,
                 const int32_t* order, int64_t n, int64_t batch_size, float rate, float* losses,
                 int64_t* right, double* norms) {
  if (batch_size < LANES && !shape->batch_norm && !norms) {
    SmallBatches network(*shape, parameters);
    const int64_t whole = n - n % batch_size;
    train_small(network, batch_size, values, labels, order, whole, rate, losses, right);
    train_small(network, n - whole, values, labels, order + whole, n - whole, rate,
                losses + whole / batch_size, right);
    return network.store();
  }
  const int64_t at_once =
      shape->batch_norm ? batch_size : std::min<int64_t>(batch_size, GROUP_SAMPLES);
  Network network(*shape, parameters, (int)std::min(at_once, n));
  for (int64_t first = 0; first < n; first += batch_size) {
    const int64_t batch = std::min(batch_size, n - first);
    *losses = 0.0f;
    for (int64_t done = 0; done < batch; done += at_once) {
      network.gather(values, labels, order + first + done, (int)std::min(at_once, batch - done));
      network.forward(true);
      network.loss_gradient((int)batch, losses, right);
      network.backward(rate);
    }
    network.descend(rate, norms);
    *losses++ /= (float)batch;
  }
}

void evaluate(const Shape* shape, const float* parameters, const float* values,
              const int32_t* labels, int64_t n, double* loss, int64_t* right) {
  *loss = 0.0;
  *right = 0;
  for_groups(*shape, parameters, values, labels, n,
             [&](Network& network, int64_t, int) { network.score(loss, right); });
  *loss /= (double)n;
}

/// probabilities (n_classes, n)
void predict(const Shape* shape, const float* parameters, const float* values, int64_t n,
             float* probabilities) {
  for_groups(*shape, parameters, values, nullptr, n,
             [&](Network& network, int64_t first, int count) {
               network.probabilities();
               for (int q = 0; q < shape->n_classes; q++)
                 for (int b = 0; b < count; b++)
                   probabilities[q * n + first + b] = network.output(q, b);
             });
}

/// largest (depth, width), to begin with what it has to exceed
void largest_activations(const Shape* shape, const float* parameters, const float* values,
                         int64_t n, float* largest) {
  for_groups(*shape, parameters, values, nullptr, n,
             [&](Network& network, int64_t, int) { network.raise(largest); });
}

/// Fisher and Yates' shuffle of 0 ... n - 1, of n random numbers of 32 bits.
void shuffle(const uint32_t* draws, int64_t n, int32_t* order) {
  for (int64_t k = 0; k < n; k++) order[k] = (int32_t)k;
  for (int64_t k = 0; k + 1 < n; k++) std::swap(order[k], order[k + draws[k] % (uint64_t)(n - k)]);
}
}
