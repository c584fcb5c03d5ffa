#include "tools/plexus/training/TrainModel.h"

#include <charconv>
#include <limits>

#include "tools/plexus/Cache.h"
#include "tools/plexus/Columns.h"

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

ModelHandle openForTraining(const TrainCommand &options, plexus_training_part part,
                            uint32_t flags) {
  std::string output = splitAtEquals(options.target).first;
  std::vector<const char *> frozen;
  for (const std::string &pattern : options.frozen) frozen.push_back(pattern.c_str());
  std::vector<std::string> patterns = options.groups;
  std::vector<plexus_training_group> groups;
  for (std::string &group : patterns) groups.push_back(parseGroup(group, options.rate));
  plexus_training_options given = {};
  given.struct_bytes = sizeof given;
  given.flags = (options.trainMode == "as-is" ? PLEXUS_TRAIN_AS_IS : 0) |
                (options.keepTied ? PLEXUS_TRAIN_KEEP_TIED : 0);
  given.part = part;
  given.loss = options.loss.c_str();
  given.output = output.empty() ? nullptr : output.c_str();
  given.optimizer = options.optimizer.c_str();
  given.momentum = options.momentum;
  given.beta1 = options.beta1;
  given.beta2 = options.beta2;
  given.alpha = options.alpha;
  given.epsilon = options.epsilon;
  given.weight_decay = options.weightDecay;
  given.l1 = options.l1;
  given.l2 = options.l2;
  given.clip_norm = options.clipNorm;
  given.clip_value = options.clipValue;
  given.seed = options.common.seed;
  given.num_groups = static_cast<int32_t>(groups.size());
  given.groups = groups.data();
  given.num_frozen = static_cast<int32_t>(frozen.size());
  given.frozen = frozen.data();
  ModelOptions how = ModelOptions::of(options.common);
  how.flags |= flags;
  how.dims = parseDims(options.common.dims);
  if (part != PLEXUS_TRAIN_FORWARD) how.memoryLimit = options.memoryLimit;
  return openModel(how, [&](const plexus_options &o, plexus_model **model, char **message) {
    return Compiler::get().modelOpenTraining(options.model.c_str(), &o, &given, model, message);
  });
}

std::string identityOf(const TrainCommand &o) {
  std::string text = "train";
  auto add = [&](const auto &...parts) { ((text += "\n" + parts), ...); };
  add(o.target, o.loss, o.optimizer, o.trainMode, o.schedule, o.monitor);
  for (const auto &list : {o.data, o.inputs, o.frozen, o.groups, o.validation, o.metrics}) {
    add(std::to_string(list.size()));
    for (const std::string &item : list) add(item);
  }
  for (double number : {o.rate, o.momentum, o.beta1, o.beta2, o.alpha, o.epsilon, o.weightDecay,
                        o.l1, o.l2, o.clipNorm, o.clipValue, o.scheduleFactor}) {
    char digits[40];  // all of them: std::to_string ends after six
    add(std::string(digits, std::to_chars(digits, digits + sizeof digits, number).ptr));
  }
  for (int64_t number :
       {o.batch, o.accumulate, o.warmup, o.scheduleEvery, o.validateEvery, o.patience,
        int64_t{o.noShuffle}, int64_t{o.keepTied}, static_cast<int64_t>(o.common.seed)})
    add(std::to_string(number));
  return cacheKey(o.model, text, compilerPath());
}

}  // namespace plx
