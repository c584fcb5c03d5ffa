#include "tools/plexus/Columns.h"

#include <algorithm>
#include <charconv>
#include <cmath>

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

namespace {

/// A column of rows as the input wants them, where the sizes of both are known.
train::Column fitted(train::Column column, const plx_value &input) {
  std::vector<int64_t> dims;
  for (int32_t d = 1; d < input.rank; ++d) dims.push_back(input.dims[d].constant);
  bool isKnown = std::all_of(dims.begin(), dims.end(), [](int64_t dim) { return dim >= 0; });
  if (input.rank < 1 || !isKnown) return column;
  if (absl::Status status = column.reshape(dims); !status.ok())
    throw Failure("input '" + std::string(input.name) + "': " + std::string(status.message()));
  return column;
}

}  // namespace

const train::Csv &DataFile::table() {
  if (!table_) table_ = valueOf(train::Csv::read(path_));
  return *table_;
}

/// The columns of a file of images; none where it is another file.
std::vector<train::ImageColumn> &DataFile::images() {
  if (images_) return *images_;
  images_.emplace();
  if (isTable()) return *images_;
  plx_mapping mapping;
  plx_error error;
  checkStatus(plx_map_file(path_.c_str(), PLX_MAP_FOLLOW, &mapping, &error), error);
  std::unique_ptr<plx_mapping, void (*)(plx_mapping *)> owner(
      &mapping, [](plx_mapping *mapped) { plx_unmap_file(mapped); });
  std::string_view bytes(static_cast<const char *>(mapping.data), mapping.bytes);
  if (bytes.starts_with("\x1f\x8b"))
    throw Failure("'" + path_ + "' is packed: unpack it by gunzip first");
  if (train::isIdx(bytes))
    images_->push_back(valueOf(train::parseIdx(bytes, path_)));
  else if (train::isCifar10(path_))
    images_ = valueOf(train::parseCifar10(bytes, path_));
  return *images_;
}

bool DataFile::lacks(const std::string &name) {
  return images().size() == 1 && images()[0].name != split(name).first;
}

/// A column's name, and what it is divided by.
std::pair<std::string, double> DataFile::split(const std::string &name) {
  size_t slash = name.rfind('/');
  double divisor = 1;
  if (slash == std::string::npos || (isTable() && table().find(name).ok())) return {name, 1};
  const char *begin = name.data() + slash + 1, *all = name.data() + name.size();
  auto [end, error] = std::from_chars(begin, all, divisor);
  if (error != std::errc() || end != all) return {name, 1};
  if (!(divisor > 0) || std::isinf(divisor))
    throw Failure("column '" + name + "': a divisor is a number above 0", kWrongUsage);
  return {name.substr(0, slash), divisor};
}

train::Column DataFile::make(const std::string &name, const std::vector<size_t> &places,
                             std::vector<int64_t> rowDims, int32_t elementType, double divisor) {
  std::vector<double> values = table().values(places);
  rowDims.insert(rowDims.begin(), table().rows());
  plx_tensor tensor{values.data(), rowDims.data(), static_cast<int32_t>(rowDims.size()), PLX_F64};
  return valueOf(train::Column::create(name, tensor, elementType, divisor));
}

train::Column DataFile::read(const std::string &given, int32_t elementType) {
  auto [name, divisor] = split(given);
  if (isTable()) {
    std::vector<size_t> places = valueOf(table().find(name));
    std::vector<int64_t> dims;
    if (places.size() > 1) dims.push_back(static_cast<int64_t>(places.size()));
    return make(name, places, dims, elementType, divisor);
  }
  std::string known;
  for (train::ImageColumn &column : images()) {
    known += (known.empty() ? "'" : ", '") + column.name + "'";
    if (column.name == name)
      return valueOf(train::Column::create(name, column.view(), elementType, divisor));
  }
  if (!known.empty())
    throw Failure("'" + path_ + "' has no column '" + name + "'; it has " + known);
  Array array = readArray(path_, name);
  return valueOf(train::Column::create(name, plx_array_view(array.get()), elementType, divisor));
}

train::Column DataFile::read(const std::string &given, const plx_value &input) {
  if (!isTable()) return fitted(read(given, input.element_type), input);
  auto [name, divisor] = split(given);
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
  return make(name, places, dims, input.element_type, divisor);
}

DataFiles::DataFiles(const std::vector<std::string> &paths) {
  for (const std::string &path : paths) files_.emplace_back(path);
}

template <typename As>
train::Column DataFiles::readFrom(const std::string &name, const As &as) {
  std::optional<train::Column> found;
  for (DataFile &file : files_) {
    if (files_.size() > 1 && file.lacks(name)) continue;
    train::Column column = file.read(name, as);
    if (found)
      checkStatus(found->append(column));
    else
      found = std::move(column);
  }
  if (!found)
    throw Failure("none of the data files has a column '" + name +
                  "'; files of IDX have 'images' or 'labels'");
  return *std::move(found);
}

train::Column DataFiles::read(const std::string &name, int32_t elementType) {
  return readFrom(name, elementType);
}

std::vector<std::pair<std::string, train::Column>> DataFiles::readAll(
    const std::vector<const plx_value *> &inputs, std::map<std::string, std::string> columns) {
  std::vector<std::pair<std::string, train::Column>> out;
  for (const plx_value *input : inputs) {
    auto found = columns.find(input->name);
    std::string column = found == columns.end() ? input->name : found->second;
    if (found != columns.end()) columns.erase(found);
    out.emplace_back(input->name, readFrom(column, *input));
    int64_t rows = out.back().second.rows(), first = out.front().second.rows();
    if (rows != first)
      throw Failure("'" + files_.front().path() + "': column '" + column + "' has " +
                    std::to_string(rows) + " rows, others have " + std::to_string(first));
  }
  if (!columns.empty())
    throw Failure("--input " + columns.begin()->first + ": the model has no such input");
  if (out.empty()) throw Failure("the model has no inputs: there is nothing that data could be");
  return out;
}

}  // namespace plx
