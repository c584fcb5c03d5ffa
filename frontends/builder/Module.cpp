#include "frontends/builder/Module.h"

namespace plx::builder {

Module::Placed::Placed(const Module &module, const Tensor &x)
    : scope_(x.scope()), before_(x.scope().loc()) {
  scope_.setLoc(mlir::NameLoc::get(
      mlir::StringAttr::get(scope_.context(), module.path() + "(" + module.kind_ + ")")));
}

Tensor Module::operator()(const Tensor &x) {
  if (!x) return {};
  Placed placed(*this, x);
  if (!x.scope().network()) return refuse(x, "a module needs a tensor of a network");
  return forward(x);
}

Module &Module::addPart(const std::string &name, std::unique_ptr<Module> part) {
  part->prefix(name);
  parts_.push_back(std::move(part));
  return *parts_.back();
}

void Module::prefix(const std::string &name) {
  path_ = path_.empty() ? name : name + "." + path_;
  for (const std::unique_ptr<Module> &part : parts_) part->prefix(name);
}

Tensor Module::parameter(const Tensor &x, const std::string &name, llvm::ArrayRef<int64_t> dims,
                         const Initializer &initial) const {
  return x.scope().network()->parameter(pathOf(name), dims, initial);
}

Tensor Module::statistic(const Tensor &x, const std::string &name, llvm::ArrayRef<int64_t> dims,
                         const Initializer &initial) const {
  return x.scope().network()->statistic(pathOf(name), dims, initial);
}

void Module::renew(const Tensor &x, const std::string &name, const Tensor &value) const {
  x.scope().network()->renew(pathOf(name), value);
}

Tensor Module::refuse(const Tensor &x, const std::string &message) const {
  mlir::emitError(x.scope().loc()) << message;
  return {};
}

Tensor Sequential::forward(const Tensor &x) {
  Tensor y = x;
  for (const std::unique_ptr<Module> &part : parts()) y = (*part)(y);
  return y;
}

}  // namespace plx::builder
