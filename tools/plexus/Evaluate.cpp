// plexus evaluate and predict: a model on the rows of a data file.
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>

#include "runtime/train/metrics.h"
#include "tools/plexus/Columns.h"
#include "tools/plexus/Commands.h"
#include "tools/plexus/Json.h"
#include "tools/plexus/Outputs.h"

namespace plx {
namespace {

/// A model and the columns that are its inputs.
class Predictor {
 public:
  Predictor(const std::string &model, const std::vector<std::string> &data,
            const std::vector<std::string> &inputs, const CommonOptions &common)
      : program_(Program::load(model, common)), context_(createContext(program_, common)) {
    std::vector<const plx_value *> values;
    const plx_module &module = program_.module();
    for (int32_t i = 0; i < module.num_inputs; ++i) values.push_back(&module.inputs[i]);
    columns_ = DataFiles(data).readAll(values, columnsOf(inputs));
  }

  int64_t rows() const { return columns_.front().second.rows(); }

  /// Index of an output; "": the first.
  int32_t output(const std::string &name) const {
    const plx_module &module = program_.module();
    for (int32_t i = 0; i < module.num_outputs; ++i)
      if (name.empty() || module.outputs[i].name == name) return i;
    throw Failure("the model has no output '" + name + "'");
  }

  /// Runs `batch` rows at a time, and calls `use` with the rows and an output's values for them.
  void run(int64_t batch, int32_t output,
           const std::function<void(const std::vector<int64_t> &, const plx_tensor &)> &use) {
    plx_error error;
    // A model may have a batch of its own: the last one is then filled up by rows of no interest.
    const plx_value &first = program_.module().inputs[0];
    bool isFixed = first.rank > 0 && first.dims[0].constant > 0;
    if (isFixed) batch = first.dims[0].constant;
    for (int64_t begin = 0; begin < rows(); begin += batch) {
      int64_t count = std::min(batch, rows() - begin);
      std::vector<int64_t> taken(static_cast<size_t>(isFixed ? batch : count));
      for (int64_t i = 0; i < static_cast<int64_t>(taken.size()); ++i)
        taken[static_cast<size_t>(i)] = begin + std::min(i, count - 1);
      for (size_t i = 0; i < columns_.size(); ++i) {
        plx_tensor tensor = columns_[i].second.take(taken);
        checkStatus(
            plx_context_set_input_at(context_.get(), static_cast<int32_t>(i), &tensor, &error),
            error);
      }
      checkStatus(plx_context_run(context_.get(), &error), error);
      plx_tensor result;
      checkStatus(plx_context_output(context_.get(), output, &result, &error), error);
      std::vector<int64_t> dims(result.dims, result.dims + result.rank);
      if (isFixed && !dims.empty() && dims[0] == batch) dims[0] = count;
      result.dims = dims.data();
      taken.resize(static_cast<size_t>(count));
      use(taken, result);
    }
  }
  const char *nameOf(int32_t output) const { return program_.module().outputs[output].name; }

 private:
  Program program_;
  Context context_;
  std::vector<std::pair<std::string, train::Column>> columns_;
};

/// All rows of an output, as they come.
struct Rows {
  std::vector<char> bytes;
  std::vector<int64_t> dims;
  int32_t type = 0;

  void add(const plx_tensor &tensor, int64_t rows) {
    if (tensor.rank < 1 || tensor.dims[0] != rows)
      throw Failure("the output has no row for each row of the data");
    if (dims.empty()) {
      dims.assign(tensor.dims, tensor.dims + tensor.rank);
      dims[0] = 0;
      type = tensor.element_type;
    }
    dims[0] += rows;
    auto *data = static_cast<const char *>(tensor.data);
    bytes.insert(bytes.end(), data, data + plx_tensor_bytes(&tensor));
  }
  plx_tensor tensor() {
    return {bytes.data(), dims.data(), static_cast<int32_t>(dims.size()), type};
  }
};

std::string exact(double value) {
  char text[40];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// A column an element of a row, named OUTPUT or OUTPUT.0, OUTPUT.1, ...
void writeCsv(const std::string &path, const std::string &name, Rows &rows) {
  train::Column column = valueOf(train::Column::create(name, rows.tensor(), PLX_F64));
  int64_t count = rows.dims[0], width = 1;
  for (size_t d = 1; d < rows.dims.size(); ++d) width *= rows.dims[d];
  std::ofstream file(path, std::ios::binary);
  for (int64_t k = 0; k < width; ++k)
    file << (k ? "," : "") << name << (width > 1 ? "." + std::to_string(k) : "");
  file << "\n";
  for (int64_t row = 0; row < count; ++row) {
    auto *values = static_cast<const double *>(column.take({row}).data);
    for (int64_t k = 0; k < width; ++k) file << (k ? "," : "") << exact(values[k]);
    file << "\n";
  }
  file.close();
  if (!file) throw Failure("'" + path + "' cannot be written: " + strerror(errno));
}

template <typename... Numbers>
void put(std::string &out, Numbers... numbers) {
  (out.append(reinterpret_cast<const char *>(&numbers), sizeof numbers), ...);
}

/// A zip of one stored member, NAME.npy (APPNOTE.TXT of PKWARE, sections 4.3.7 to 4.3.16).
void writeNpz(const std::string &path, const std::string &name, Rows &rows) {
  std::string passing = path + ".member";
  plx_tensor tensor = rows.tensor();
  plx_error error;
  checkStatus(plx_write_npy(passing.c_str(), &tensor, &error), error);
  std::ifstream member(passing, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(member), {}};
  remove(passing.c_str());
  if (bytes.size() > 0xfffffff0u) throw Failure("'" + path + "': more than 4 GiB; write .csv");
  auto crc = static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size()));
  auto size = static_cast<uint32_t>(bytes.size());
  std::string title = name + ".npy";
  auto length = static_cast<uint16_t>(title.size());
  std::string fields;  // shared by the member's header and the directory's entry
  put(fields, uint16_t{20}, uint16_t{0}, uint16_t{0}, uint16_t{0}, uint16_t{0x21}, crc, size, size,
      length, uint16_t{0});
  std::string out = "PK\3\4" + fields + title + bytes, entry = "PK\1\2", end = "PK\5\6";
  put(entry, uint16_t{20});
  entry += fields;
  put(entry, uint16_t{0}, uint16_t{0}, uint16_t{0}, uint32_t{0}, uint32_t{0});
  entry += title;
  put(end, uint16_t{0}, uint16_t{0}, uint16_t{1}, uint16_t{1}, static_cast<uint32_t>(entry.size()),
      static_cast<uint32_t>(out.size()), uint16_t{0});
  std::ofstream file(path, std::ios::binary);
  file << out << entry << end;
  file.close();
  if (!file) throw Failure("'" + path + "' cannot be written: " + strerror(errno));
}

}  // namespace

int evaluateCommand(const EvaluateCommand &options) {
  train::Metrics metrics = valueOf(train::Metrics::create(options.metrics));
  Predictor predictor(options.model, options.data, options.inputs, options.common);
  auto [outputName, column] = splitAtEquals(options.target);
  train::Column target = DataFiles(options.data).read(column, PLX_F64);
  if (target.rows() != predictor.rows())
    throw Failure("the target has " + std::to_string(target.rows()) + " rows, the inputs " +
                  std::to_string(predictor.rows()));
  predictor.run(options.batch, predictor.output(outputName),
                [&](const std::vector<int64_t> &rows, const plx_tensor &prediction) {
                  plx_tensor wanted = target.take(rows);
                  checkStatus(metrics.add(prediction, wanted));
                });
  std::vector<double> results = valueOf(metrics.results());
  Json json = Json::object();
  json.set("rows", predictor.rows());
  for (size_t i = 0; i < results.size(); ++i) {
    json.set(metrics.names()[i], results[i]);
    if (options.json != "-") printf("%s: %.6g\n", metrics.names()[i].c_str(), results[i]);
  }
  if (!options.json.empty()) writeText(options.json, json.str() + "\n");
  return 0;
}

int predictCommand(const PredictCommand &options) {
  bool isTable = options.out.ends_with(".csv");
  if (!isTable && !options.out.ends_with(".npz"))
    throw Failure("-o " + options.out + ": predictions are written as .csv or .npz", kWrongUsage);
  Predictor predictor(options.model, options.data, options.inputs, options.common);
  int32_t output = predictor.output(options.of);
  Rows rows;
  predictor.run(options.batch, output,
                [&](const std::vector<int64_t> &taken, const plx_tensor &prediction) {
                  rows.add(prediction, static_cast<int64_t>(taken.size()));
                });
  (isTable ? writeCsv : writeNpz)(options.out, predictor.nameOf(output), rows);
  return 0;
}

}  // namespace plx
