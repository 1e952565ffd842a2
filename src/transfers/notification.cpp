#include "transfers/notification.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/hex.hpp"
#include "base/text.hpp"

namespace strongroom::transfers {
namespace {

namespace json = boost::json;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kTimeMax = 40;

std::string_view view_of(json::string_view text) { return {text.data(), text.size()}; }
json::string_view named(std::string_view text) { return {text.data(), text.size()}; }

Error no_notification(const std::string& why) { return rejected("The body is not an S3 notification: " + why); }

Result<json::value> parse(std::string_view text) {
  try {
    boost::system::error_code error;
    json::value value = json::parse(named(text), error);
    if (error) return no_notification("it is not JSON");
    return value;
  } catch (const std::exception&) {
    return no_notification("it could not be read");
  }
}

const json::object* object_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(named(name));
  return value == nullptr ? nullptr : value->if_object();
}

bool is_text(const json::object& object, std::string_view name, std::string_view text) {
  const json::value* value = object.if_contains(named(name));
  return value != nullptr && value->is_string() && view_of(value->get_string()) == text;
}

/// Reads the members of one record; the first that is missing or wrong is kept.
class RecordReader {
 public:
  /// A text that must be there, and say something.
  std::string text(const json::object* object, std::string_view name, std::string_view path) {
    const json::value* value = object == nullptr ? nullptr : object->if_contains(named(name));
    if (value == nullptr || value->is_null()) {
      fault(path, "is missing");
      return {};
    }
    if (!value->is_string()) {
      fault(path, "is not a text");
      return {};
    }
    if (value->get_string().empty()) fault(path, "is empty");
    return std::string(view_of(value->get_string()));
  }
  /// Absent, null and empty are the same.
  std::string text_if_any(const json::object* object, std::string_view name, std::string_view path) {
    const json::value* value = object == nullptr ? nullptr : object->if_contains(named(name));
    if (value == nullptr || value->is_null()) return {};
    if (value->is_string()) return std::string(view_of(value->get_string()));
    fault(path, "is not a text");
    return {};
  }
  void fault(std::string_view path, std::string_view what) {
    if (fault_.empty()) fault_.append(path).append(" ").append(what);
  }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  std::string fault_;
};

bool is_put(std::string_view event_name) {
  return event_name.starts_with("ObjectCreated:") || event_name.starts_with("s3:ObjectCreated:");
}

/// It goes into the names of logs.
bool is_safe_time(std::string_view time) {
  const auto safe = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ':' || c == '.' ||
           c == '+' || c == '-';
  };
  return !time.empty() && time.size() <= kTimeMax && std::ranges::all_of(time, safe);
}

std::string without_quotes(std::string etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') return etag.substr(1, etag.size() - 2);
  return etag;
}

Announced read_put(const json::object& record, RecordReader& reader) {
  const json::object* s3 = object_in(record, "s3");
  const json::object* bucket = s3 == nullptr ? nullptr : object_in(*s3, "bucket");
  const json::object* object = s3 == nullptr ? nullptr : object_in(*s3, "object");
  Announced put;
  put.event.name = reader.text(&record, "eventName", "eventName");
  put.event.time = reader.text(&record, "eventTime", "eventTime");
  if (!is_safe_time(put.event.time)) reader.fault("eventTime", "is not a time");
  put.bucket = reader.text(bucket, "name", "s3.bucket.name");
  put.key = decode_key(reader.text(object, "key", "s3.object.key"));
  put.event.sequencer = reader.text(object, "sequencer", "s3.object.sequencer");
  const std::string version = reader.text_if_any(object, "versionId", "s3.object.versionId");
  if (!version.empty()) put.event.version_id = version;
  put.event.etag = without_quotes(reader.text_if_any(object, "eTag", "s3.object.eTag"));
  return put;
}

void read_record(const json::value& value, std::size_t index, std::string_view source, Notification& notification) {
  RecordReader reader;
  const json::object* record = value.if_object();
  if (record == nullptr) {
    reader.fault("the record", "is not an object");
  } else {
    const std::string name = reader.text(record, "eventName", "eventName");
    if (reader.fault().empty() && !is_put(name)) {
      ++notification.others;
      return;
    }
    Announced put = read_put(*record, reader);
    if (reader.fault().empty()) {
      put.event.source = source;
      notification.announced.push_back(std::move(put));
      return;
    }
  }
  notification.malformed.push_back({index, reader.fault(), "{\"Records\":[" + json::serialize(value) + "]}"});
}

Result<Notification> read_records(const json::value& root, std::string_view source) {
  const json::object* object = root.if_object();
  if (object == nullptr) return no_notification("it is not an object");
  if (is_text(*object, "Event", "s3:TestEvent")) return Notification{};
  const json::value* records = object->if_contains("Records");
  if (records == nullptr || !records->is_array()) return no_notification("it has no list of Records");
  Notification notification;
  std::size_t index = 0;
  for (const json::value& record : records->get_array()) read_record(record, index++, source, notification);
  return notification;
}

/// So many bytes from `at` are a character, or the part of one that is replaced.
struct Piece {
  std::size_t length = 1;
  bool whole = false;
};

/// The table of well-formed UTF-8: what may follow a first byte (The Unicode Standard, table 3-7).
Piece piece_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return {1, true};
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  if (length == 0) return {1, false};
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i >= text.size() || byte(at + i) < low || byte(at + i) > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

std::string with_replacements(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const Piece piece = piece_at(bytes, at);
    text.append(piece.whole ? bytes.substr(at, piece.length) : kReplacement);
    at += piece.length;
  }
  return text;
}

}  // namespace

Result<Notification> parse_notification(std::string_view body, std::string_view source) {
  TRY(const json::value root, parse(body));
  const json::object* object = root.if_object();
  if (object != nullptr && is_text(*object, "Type", "Notification")) {
    const json::value* message = object->if_contains("Message");
    if (message == nullptr || !message->is_string()) return no_notification("its envelope has no Message");
    TRY(const json::value inner, parse(view_of(message->get_string())));
    return read_records(inner, source);
  }
  return read_records(root, source);
}

std::string decode_key(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto decoded = text[i] == '%' ? parse_hex(text.substr(i + 1, 2)) : std::nullopt;
    if (decoded && decoded->size() == 1) {
      bytes.append(*decoded);
      i += 2;
    } else {
      bytes.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return with_replacements(bytes);
}

}  // namespace strongroom::transfers
