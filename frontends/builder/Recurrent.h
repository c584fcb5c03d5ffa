// Recurrent layers: [batch, time, in] -> [batch, time, hidden], or 2 hidden in both directions.
//
// Formulas, names and order of gates are torch.nn's: for layer k weight_ih_lk [gates hidden, in],
// weight_hh_lk [gates hidden, hidden], bias_ih_lk, bias_hh_lk; backwards with "_reverse" behind.
//   RNN   h = tanh(W x + b + R h + c)
//   GRU   r, z = sigmoid(..); n = tanh(W x + b + r (R h + c)); h = (1 - z) n + z h   Cho et al.
//   2014 LSTM  i, f, o = sigmoid(..); g = tanh(..); c = f c + i g; h = o tanh(c)   Hochreiter 1997
// States begin at 0.
#ifndef PLEXUS_FRONTENDS_BUILDER_RECURRENT_H
#define PLEXUS_FRONTENDS_BUILDER_RECURRENT_H

#include "frontends/builder/Module.h"

namespace plx::builder {

struct RecurrentOptions {
  int64_t layers = 1;
  bool isBidirectional = false;
};

class Recurrent : public Module {
 public:
  enum class Cell { Rnn, Gru, Lstm };
  Recurrent(Cell cell, int64_t in, int64_t hidden, const RecurrentOptions &options);
  Tensor forward(const Tensor &x) override;

 private:
  Tensor direction(const Tensor &x, const std::string &suffix, int64_t in, bool isReverse) const;
  /// New states from old ones; the first is the output.
  std::vector<Tensor> step(const Tensor &projected, llvm::ArrayRef<Tensor> states,
                           const Tensor &weight, const Tensor &bias) const;
  Cell cell_;
  int64_t in_, hidden_;
  RecurrentOptions options_;
};

inline Recurrent RNN(int64_t in, int64_t hidden, const RecurrentOptions &options = {}) {
  return {Recurrent::Cell::Rnn, in, hidden, options};
}
inline Recurrent GRU(int64_t in, int64_t hidden, const RecurrentOptions &options = {}) {
  return {Recurrent::Cell::Gru, in, hidden, options};
}
inline Recurrent LSTM(int64_t in, int64_t hidden, const RecurrentOptions &options = {}) {
  return {Recurrent::Cell::Lstm, in, hidden, options};
}

/// [batch, time, size] -> [batch, size]: what stands last in time.
Tensor lastInTime(const Tensor &x);

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_RECURRENT_H
