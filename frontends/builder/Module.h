// Modules: parts of a network that have parameters, and parts of their own, by name.
//
//   struct Mlp : Module {
//     Linear &hidden = add("hidden", Linear(784, 128));
//     Linear &out = add("out", Linear(128, 10));
//     Tensor forward(const Tensor &x) override { return out(relu(hidden(x))); }
//   };
//
// Its parameters are hidden.weight, hidden.bias, out.weight and out.bias. They come into being
// where the module is first applied to a tensor of a Network; applied twice, it shares them. What
// is wrong is said as for tensors.
#ifndef PLEXUS_FRONTENDS_BUILDER_MODULE_H
#define PLEXUS_FRONTENDS_BUILDER_MODULE_H

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "frontends/builder/Network.h"

namespace plx::builder {

class Module {
 public:
  /// `kind` stands in locations, as an operator's name does in those of imported models.
  explicit Module(std::string kind = "Module") : kind_(std::move(kind)) {}
  Module(Module &&) = default;
  virtual ~Module() = default;

  /// forward(x), everything in it placed at this module; empty for an empty tensor, and with an
  /// error for one that is of no network.
  Tensor operator()(const Tensor &x);
  virtual Tensor forward(const Tensor &x) = 0;

  /// "encoder.0.hidden": by what its parameters' names begin; empty for one that is no part.
  const std::string &path() const { return path_; }

 protected:
  /// Makes `module` a part of this one; it lives as long as this one, wherever that moves.
  template <typename M>
  M &add(const std::string &name, M module) {
    auto part = std::make_unique<M>(std::move(module));
    M &added = *part;
    addPart(name, std::move(part));
    return added;
  }
  Module &addPart(const std::string &name, std::unique_ptr<Module> part);
  const std::vector<std::unique_ptr<Module>> &parts() const { return parts_; }

  /// While it lives, what `x`'s scope builds is placed at this module.
  class Placed {
   public:
    Placed(const Module &module, const Tensor &x);
    ~Placed() { scope_.setLoc(before_); }

   private:
    Scope &scope_;
    mlir::Location before_;
  };

  Tensor parameter(const Tensor &x, const std::string &name, llvm::ArrayRef<int64_t> dims,
                   const Initializer &initial) const;
  Tensor statistic(const Tensor &x, const std::string &name, llvm::ArrayRef<int64_t> dims,
                   const Initializer &initial) const;
  void renew(const Tensor &x, const std::string &name, const Tensor &value) const;
  /// Says what is wrong with an operand.
  Tensor refuse(const Tensor &x, const std::string &message) const;
  std::string pathOf(const std::string &name) const {
    return path_.empty() ? name : path_ + "." + name;
  }

 private:
  void prefix(const std::string &name);
  std::string kind_, path_;
  std::vector<std::unique_ptr<Module>> parts_;
};

/// One after the other. Parts are named "0", "1", ...
class Sequential : public Module {
 public:
  template <typename... Modules>
  explicit Sequential(Modules... modules) : Module("Sequential") {
    (append(std::move(modules)), ...);
  }
  Sequential(Sequential &&) = default;
  template <typename M>
  Sequential &append(M module) {
    add(std::to_string(parts().size()), std::move(module));
    return *this;
  }
  Tensor forward(const Tensor &x) override;
};

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_MODULE_H
