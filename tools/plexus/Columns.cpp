#include "tools/plexus/Columns.h"

#include "tools/plexus/Inputs.h"

namespace plx {

std::pair<std::string, std::string> splitAtEquals(const std::string &text) {
  size_t equals = text.find('=');
  if (equals == std::string::npos) return {"", text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::map<std::string, std::string> columnsOf(const std::vector<std::string> &items) {
  std::map<std::string, std::string> out;
  for (const std::string &item : items) {
    auto [name, column] = splitAtEquals(item);
    if (name.empty()) throw Failure("--input " + item + ": expected NAME=COLUMN", kWrongUsage);
    out[name] = column;
  }
  return out;
}

const train::Csv &DataFile::table() {
  if (!table_) table_ = valueOf(train::Csv::read(path_));
  return *table_;
}

train::Column DataFile::make(const std::string &name, const std::vector<size_t> &places,
                             std::vector<int64_t> rowDims, int32_t elementType) {
  std::vector<double> values = table().values(places);
  rowDims.insert(rowDims.begin(), table().rows());
  plx_tensor tensor{values.data(), rowDims.data(), static_cast<int32_t>(rowDims.size()), PLX_F64};
  return valueOf(train::Column::create(name, tensor, elementType));
}

train::Column DataFile::read(const std::string &name, int32_t elementType) {
  if (!isTable()) {
    Array array = readArray(path_, name);
    return valueOf(train::Column::create(name, plx_array_view(array.get()), elementType));
  }
  std::vector<size_t> places = valueOf(table().find(name));
  std::vector<int64_t> dims;
  if (places.size() > 1) dims.push_back(static_cast<int64_t>(places.size()));
  return make(name, places, dims, elementType);
}

train::Column DataFile::read(const std::string &name, const plx_value &input) {
  if (!isTable()) return read(name, input.element_type);
  std::vector<size_t> places = valueOf(table().find(name));
  std::vector<int64_t> dims;
  int64_t elements = 1;
  for (int32_t d = 1; d < input.rank; ++d) {
    dims.push_back(input.dims[d].constant);
    elements = dims.back() < 0 ? -1 : elements * dims.back();
  }
  if (input.rank == 2 && elements < 0) dims[0] = elements = static_cast<int64_t>(places.size());
  if (elements != static_cast<int64_t>(places.size()))
    throw Failure("'" + path_ + "': '" + name + "' are " + std::to_string(places.size()) +
                  " columns; input '" + input.name + "' has " +
                  (elements < 0 ? "open sizes" : std::to_string(elements) + " elements a row"));
  return make(name, places, dims, input.element_type);
}

std::vector<std::pair<std::string, train::Column>> DataFile::readAll(
    const std::vector<const plx_value *> &inputs, std::map<std::string, std::string> columns) {
  std::vector<std::pair<std::string, train::Column>> out;
  for (const plx_value *input : inputs) {
    auto found = columns.find(input->name);
    std::string column = found == columns.end() ? input->name : found->second;
    if (found != columns.end()) columns.erase(found);
    out.emplace_back(input->name, read(column, *input));
    int64_t rows = out.back().second.rows(), first = out.front().second.rows();
    if (rows != first)
      throw Failure("'" + path_ + "': column '" + column + "' has " + std::to_string(rows) +
                    " rows, others have " + std::to_string(first));
  }
  if (!columns.empty())
    throw Failure("--input " + columns.begin()->first + ": the model has no such input");
  if (out.empty()) throw Failure("the model has no inputs: there is nothing that data could be");
  return out;
}

}  // namespace plx
