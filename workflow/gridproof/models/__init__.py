"""Networks, as functions of tensors."""
