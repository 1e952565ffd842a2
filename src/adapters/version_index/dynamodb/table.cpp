#include "adapters/version_index/dynamodb/table.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace strongroom::version_index::dynamodb {
namespace {

namespace json = boost::json;

constexpr const char* kApi = "DynamoDB_20120810.";
constexpr const char* kRefused = "ConditionalCheckFailedException";
constexpr const char* kSchema = "partition key bag (string), sort key version (number)";

json::object text_value(std::string_view text) { return {{"S", text}}; }
json::object number_value(std::uint64_t number) { return {{"N", std::to_string(number)}}; }
json::object number_value(std::int64_t number) { return {{"N", std::to_string(number)}}; }

std::optional<json::object> parse_object(const std::string& text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

/// `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}`: what stands behind `#`.
std::string code_of(const WebAnswer& answer) {
  const auto body = parse_object(answer.body);
  const json::value* type = body ? body->if_contains("__type") : nullptr;
  if (type == nullptr || !type->is_string()) return "";
  const std::string text(type->as_string());
  return text.substr(text.find('#') + 1);
}

json::object row_of(const BagId& bag, const VersionEntry& entry) {
  json::array locations;
  for (const std::string& uuid : entry.location_uuids) locations.emplace_back(text_value(uuid));
  return {{"bag", text_value(bag.str())},
          {"version", number_value(entry.version.number())},
          {"ingest", text_value(entry.ingest.str())},
          {"createdDate", text_value(format_instant(entry.created))},
          {"descriptionSha256", text_value(entry.description_sha256)},
          {"descriptionSize", number_value(entry.description_size)},
          {"fileCount", number_value(entry.file_count)},
          {"byteCount", number_value(entry.byte_count)},
          {"locations", json::object{{"L", locations}}}};
}

json::object key_of(const BagId& bag, Version version) {
  return {{"bag", text_value(bag.str())}, {"version", number_value(version.number())}};
}

std::string text_of(const json::object& row, const char* name, const char* type) {
  const json::value* typed = row.if_contains(name);
  const json::object* value = typed != nullptr ? typed->if_object() : nullptr;
  const json::value* text = value != nullptr ? value->if_contains(type) : nullptr;
  return text != nullptr && text->is_string() ? std::string(text->as_string()) : "";
}

std::optional<VersionEntry> read_row(const json::object& row) {
  const auto version = Version::parse("v" + text_of(row, "version", "N"));
  const auto ingest = IngestId::parse(text_of(row, "ingest", "S"));
  const auto created = parse_instant(text_of(row, "createdDate", "S"));
  const auto size = parse_number(text_of(row, "descriptionSize", "N"));
  const auto files = parse_number(text_of(row, "fileCount", "N"));
  const auto bytes = parse_number(text_of(row, "byteCount", "N"));
  if (!version || !ingest || !created || !size || !files || !bytes) return std::nullopt;
  VersionEntry entry{*version, *ingest, *created, text_of(row, "descriptionSha256", "S"), *size, *files, *bytes, {}};
  const json::value* locations = row.if_contains("locations");
  const json::value* list =
      locations != nullptr && locations->is_object() ? locations->as_object().if_contains("L") : nullptr;
  if (list == nullptr || !list->is_array()) return std::nullopt;
  for (const json::value& one : list->as_array()) {
    if (!one.is_object()) return std::nullopt;
    entry.location_uuids.push_back(text_of({{"uuid", one}}, "uuid", "S"));
  }
  return entry;
}

Error not_understood(const std::string& where) {
  return temporary("DynamoDB's answer cannot be understood", where, Reason::corrupt);
}

std::string url_of(const std::string& region, const std::string& endpoint) {
  return endpoint.empty() ? "https://dynamodb." + region + ".amazonaws.com" : endpoint;
}

/// `bag` HASH S, `version` RANGE N.
bool has_keys(const json::object& table) {
  const json::value* keys = table.if_contains("KeySchema");
  const json::value* types = table.if_contains("AttributeDefinitions");
  if (keys == nullptr || types == nullptr) return false;
  const std::string all = json::serialize(*keys) + json::serialize(*types);
  const auto has = [&all](std::string_view name, const char* member, std::string_view value) {
    const std::string first = "\"AttributeName\":\"" + std::string(name) + "\"";
    const std::string second = std::string("\"") + member + "\":\"" + std::string(value) + "\"";
    return all.find("{" + first + "," + second + "}") != std::string::npos ||
           all.find("{" + second + "," + first + "}") != std::string::npos;
  };
  return has("bag", "KeyType", "HASH") && has("version", "KeyType", "RANGE") && has("bag", "AttributeType", "S") &&
         has("version", "AttributeType", "N");
}

}  // namespace

Table::Table(std::string name, const std::string& region, const std::string& endpoint,
             const cloud::AwsServiceNeeds& needs)
    : name_(std::move(name)), service_({"dynamodb", "DynamoDB", region, url_of(region, endpoint)}, needs, code_of) {}

Result<std::string> Table::call(const char* action, const std::string& body, const std::string& where) {
  TRY(cloud::AwsAnswer answer,
      service_.post({{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", std::string(kApi) + action}},
                    body));
  if (answer.answer.succeeded()) return std::move(answer.answer.body);
  if (answer.code == kRefused) {
    return rejected("the version index has another row", where, Reason::conflict);
  }
  return service_.error_of(answer, where);
}

Result<void> Table::check() {
  TRY(const std::string text, call("DescribeTable", json::serialize(json::object{{"TableName", name_}}), name_));
  const auto body = parse_object(text);
  const json::value* table = body ? body->if_contains("Table") : nullptr;
  if (table == nullptr || !table->is_object()) return not_understood(name_);
  if (has_keys(table->as_object())) return {};
  return broken(std::string("the table has other keys than ") + kSchema, name_, Reason::unsupported);
}

Result<void> Table::put(const BagId& bag, const VersionEntry& entry) {
  json::object row = row_of(bag, entry);
  const json::object values = {{":i", row.at("ingest")}, {":d", row.at("descriptionSha256")}};
  const json::object request = {
      {"TableName", name_},
      {"Item", std::move(row)},
      {"ConditionExpression", "attribute_not_exists(bag) OR (ingest = :i AND descriptionSha256 = :d)"},
      {"ExpressionAttributeValues", values}};
  TRY_VOID(call("PutItem", json::serialize(request), bag.str() + " " + entry.version.str()));
  return {};
}

Result<std::optional<VersionEntry>> Table::find(const BagId& bag, Version version) {
  const std::string where = bag.str() + " " + version.str();
  const json::object request = {{"TableName", name_}, {"Key", key_of(bag, version)}, {"ConsistentRead", true}};
  TRY(const std::string text, call("GetItem", json::serialize(request), where));
  const auto body = parse_object(text);
  if (!body) return not_understood(where);
  const json::value* item = body->if_contains("Item");
  if (item == nullptr) return std::optional<VersionEntry>();
  auto entry = item->is_object() ? read_row(item->as_object()) : std::nullopt;
  if (!entry) return not_understood(where);
  return entry;
}

Result<std::vector<VersionEntry>> Table::list(const BagId& bag, std::optional<Version> before, std::size_t limit) {
  json::object values = {{":b", text_value(bag.str())}};
  if (before) values[":v"] = number_value(before->number());
  json::object request = {{"TableName", name_},
                          {"KeyConditionExpression", before ? "bag = :b AND version < :v" : "bag = :b"},
                          {"ExpressionAttributeValues", values},
                          {"ScanIndexForward", false},
                          {"ConsistentRead", true}};
  std::vector<VersionEntry> entries;
  while (entries.size() < limit) {
    request["Limit"] = std::min<std::size_t>(limit - entries.size(), 1000);
    TRY(const std::string text, call("Query", json::serialize(request), bag.str()));
    const auto body = parse_object(text);
    const json::value* items = body ? body->if_contains("Items") : nullptr;
    if (items == nullptr || !items->is_array()) return not_understood(bag.str());
    for (const json::value& item : items->as_array()) {
      auto entry = item.is_object() ? read_row(item.as_object()) : std::nullopt;
      if (!entry) return not_understood(bag.str());
      entries.push_back(std::move(*entry));
    }
    const json::value* last = body->if_contains("LastEvaluatedKey");
    if (last == nullptr) break;
    request["ExclusiveStartKey"] = *last;
  }
  return entries;
}

}  // namespace strongroom::version_index::dynamodb
