// Attention, and the layer of an encoder around it.               Vaswani et al. 2017
#ifndef PLEXUS_FRONTENDS_BUILDER_TRANSFORMER_H
#define PLEXUS_FRONTENDS_BUILDER_TRANSFORMER_H

#include "frontends/builder/Layers.h"

namespace plx::builder {

/// [batch, s, size] -> [batch, s, size]. Parameters as torch.nn.MultiheadAttention's with the batch
/// first: in_proj_weight [3 size, size], in_proj_bias, out_proj.weight, out_proj.bias.
class MultiHeadAttention : public Module {
 public:
  MultiHeadAttention(int64_t size, int64_t heads, bool isCausal = false);
  MultiHeadAttention(MultiHeadAttention &&) = default;
  /// Of x to itself.
  Tensor forward(const Tensor &x) override { return attend(x, x, x); }
  /// query [batch, s, size], key and value [batch, t, size]; mask [batch, heads, s, t], broadcast,
  /// is added to the scores; it may be empty.
  Tensor attend(const Tensor &query, const Tensor &key, const Tensor &value,
                const Tensor &mask = {});

 private:
  Tensor project(const Tensor &x, int64_t part) const;
  int64_t size_, heads_;
  bool isCausal_;
  Linear &outProj_;
};

struct EncoderOptions {
  int64_t feedforward = 2048;
  double dropout = 0.1;
  bool isNormFirst = false;
};

/// Attention, then two Linear with ReLU between, each with a residual and a LayerNorm: parts
/// self_attn, linear1, linear2, norm1, norm2.
class TransformerEncoderLayer : public Module {
 public:
  TransformerEncoderLayer(int64_t size, int64_t heads, const EncoderOptions &options = {});
  TransformerEncoderLayer(TransformerEncoderLayer &&) = default;
  Tensor forward(const Tensor &x) override;

 private:
  Tensor feedforward(const Tensor &x) { return dropout2_(linear2_(dropout_(relu(linear1_(x))))); }
  Tensor attention(const Tensor &x) { return dropout1_(attention_(x)); }
  bool isNormFirst_;
  MultiHeadAttention &attention_;
  Linear &linear1_, &linear2_;
  LayerNorm &norm1_, &norm2_;
  Dropout &dropout_, &dropout1_, &dropout2_;
};

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_TRANSFORMER_H
