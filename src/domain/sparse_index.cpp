#include "domain/sparse_index.hpp"

#include "base/json_text.hpp"
#include "base/limits.hpp"

namespace strongroom {

void SparseIndexWriter::begin(std::string_view list) {
  json_.append(json_.empty() ? "{" : "],").append("\"").append(list).append("\":[");
  count_ = 0;
}

void SparseIndexWriter::see(const std::string& name, std::uint64_t offset) {
  if (count_++ % limits::kSparseIndexStep != 0) return;
  if (json_.back() != '[') json_.push_back(',');
  JsonWriter(json_).begin_array().text(name).number(static_cast<std::int64_t>(offset)).end_array();
}

}  // namespace strongroom
