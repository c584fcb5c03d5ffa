#include "tools/plexus/training/TrainModel.h"

#include <charconv>
#include <limits>

#include "tools/plexus/Cache.h"
#include "tools/plexus/Columns.h"
#include "tools/plexus/Program.h"

namespace plx {
namespace {

constexpr double kSame = std::numeric_limits<double>::quiet_NaN();

struct Key {
  const char *name;
  double plexus_training_group::*field;
};
constexpr Key kKeys[] = {
    {"lr", &plexus_training_group::rate_scale},  // divided by --lr
    {"momentum", &plexus_training_group::momentum},
    {"beta1", &plexus_training_group::beta1},
    {"beta2", &plexus_training_group::beta2},
    {"alpha", &plexus_training_group::alpha},
    {"epsilon", &plexus_training_group::epsilon},
    {"weight-decay", &plexus_training_group::weight_decay},
    {"l1", &plexus_training_group::l1},
    {"l2", &plexus_training_group::l2},
};

/// Text that differs where what was added differs.
class Lines {
 public:
  explicit Lines(std::string first) : text_(std::move(first)) {}
  template <typename... Items>
  void add(const Items &...items) {
    ((text_ += "\n" + textOf(items)), ...);
  }
  const std::string &text() const { return text_; }

 private:
  static std::string textOf(const std::string &item) { return item; }
  static std::string textOf(int64_t number) { return std::to_string(number); }
  static std::string textOf(double number) {
    char digits[40];  // all of them: std::to_string ends after six
    return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
  }
  std::string text_;
};

[[noreturn]] void misused(const std::string &group, const std::string &what) {
  std::string keys;
  for (const Key &key : kKeys) keys += std::string(keys.empty() ? "" : ", ") + key.name;
  throw Failure(
      "--group " + group + ": " + what + "; expected PATTERN:KEY=NUMBER,... with the keys " + keys,
      kWrongUsage);
}

void setKey(plexus_training_group &group, const std::string &item, const std::string &whole) {
  auto [name, text] = splitAtEquals(item);
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    misused(whole, "'" + text + "' is no number");
  for (const Key &key : kKeys)
    if (name == key.name) {
      group.*key.field = value;
      return;
    }
  misused(whole, "there is no key '" + name + "'");
}

}  // namespace

plexus_training_group parseGroup(std::string &text, double rate) {
  std::string whole = text;
  // Names of parameters hold colons themselves, keys do not.
  size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) misused(whole, "there is no PATTERN and ':'");
  std::string items = text.substr(colon + 1);
  text.resize(colon);
  plexus_training_group group = {text.c_str(), kSame, kSame, kSame, kSame,
                                 kSame,        kSame, kSame, kSame, kSame};
  for (size_t begin = 0; begin <= items.size();) {
    size_t end = std::min(items.find(',', begin), items.size());
    setKey(group, items.substr(begin, end - begin), whole);
    begin = end + 1;
  }
  if (group.rate_scale == group.rate_scale) {
    if (rate == 0) misused(whole, "--lr is 0, to which the group's is a ratio");
    group.rate_scale /= rate;
  }
  return group;
}

TrainModel::TrainModel(const TrainCommand &options, plexus_training_part part, uint32_t flags)
    : path_(options.model),
      output_(splitAtEquals(options.target).first),
      patterns_(options.groups),
      loss_(options.loss),
      optimizer_(options.optimizer),
      frozenPatterns_(options.frozen) {
  for (const std::string &pattern : frozenPatterns_) frozen_.push_back(pattern.c_str());
  for (std::string &group : patterns_) groups_.push_back(parseGroup(group, options.rate));
  given_.struct_bytes = sizeof given_;
  given_.flags = (options.trainMode == "as-is" ? PLEXUS_TRAIN_AS_IS : 0) |
                 (options.keepTied ? PLEXUS_TRAIN_KEEP_TIED : 0);
  given_.part = part;
  given_.loss = loss_.c_str();
  given_.output = output_.empty() ? nullptr : output_.c_str();
  given_.optimizer = optimizer_.c_str();
  given_.momentum = options.momentum;
  given_.beta1 = options.beta1;
  given_.beta2 = options.beta2;
  given_.alpha = options.alpha;
  given_.epsilon = options.epsilon;
  given_.weight_decay = options.weightDecay;
  given_.l1 = options.l1;
  given_.l2 = options.l2;
  given_.clip_norm = options.clipNorm;
  given_.clip_value = options.clipValue;
  given_.seed = options.common.seed;
  given_.num_groups = static_cast<int32_t>(groups_.size());
  given_.groups = groups_.data();
  given_.num_frozen = static_cast<int32_t>(frozen_.size());
  given_.frozen = frozen_.data();
  how_ = ModelOptions::of(options.common);
  how_.flags |= flags;
  how_.dims = parseDims(options.common.dims);
  if (part != PLEXUS_TRAIN_FORWARD) how_.memoryLimit = options.memoryLimit;
  how_.cpu = options.cpu;
  // First of all: nothing is compiled for a device that is not there.
  if (how_.device != "cpu" && how_.cpu.empty()) how_.cpu = architectureOf(how_.device);
}

ModelHandle TrainModel::open() const {
  return openModel(how_, [&](const plexus_options &o, plexus_model **model, char **message) {
    return Compiler::get().modelOpenTraining(path_.c_str(), &o, &given_, model, message);
  });
}

std::string TrainModel::key() const {
  Lines lines("training " + std::to_string(given_.part));
  lines.add(loss_, output_, optimizer_, how_.key());
  for (double number :
       {given_.momentum, given_.beta1, given_.beta2, given_.alpha, given_.epsilon,
        given_.weight_decay, given_.l1, given_.l2, given_.clip_norm, given_.clip_value})
    lines.add(number);
  lines.add(static_cast<int64_t>(given_.flags), static_cast<int64_t>(given_.seed));
  lines.add(static_cast<int64_t>(groups_.size()));
  for (const plexus_training_group &group : groups_) {
    lines.add(std::string(group.pattern));
    for (const Key &key : kKeys) lines.add(group.*key.field);
  }
  for (const std::string &pattern : frozenPatterns_) lines.add(pattern);
  return cacheKey(path_, lines.text(), compilerPath());
}

std::string identityOf(const TrainCommand &o) {
  Lines lines("train");
  lines.add(o.target, o.loss, o.optimizer, o.trainMode, o.schedule, o.monitor);
  for (const auto &list : {o.data, o.inputs, o.frozen, o.groups, o.validation, o.metrics}) {
    lines.add(static_cast<int64_t>(list.size()));
    for (const std::string &item : list) lines.add(item);
  }
  for (double number : {o.rate, o.momentum, o.beta1, o.beta2, o.alpha, o.epsilon, o.weightDecay,
                        o.l1, o.l2, o.clipNorm, o.clipValue, o.scheduleFactor})
    lines.add(number);
  for (int64_t number :
       {o.batch, o.accumulate, o.warmup, o.scheduleEvery, o.validateEvery, o.patience,
        int64_t{o.noShuffle}, int64_t{o.keepTied}, static_cast<int64_t>(o.common.seed)})
    lines.add(number);
  return cacheKey(o.model, lines.text(), compilerPath());
}

}  // namespace plx
