// Fuzz target: any bytes as a notification of an object store. Whatever comes out is fit to be kept and shown: texts
// are UTF-8, times fit for the name of a log; a record that was set aside is a notification of that one record again.
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "transfers/notification.hpp"

namespace {

using strongroom::is_utf8;
using strongroom::transfers::Announced;
using strongroom::transfers::MalformedRecord;
using strongroom::transfers::parse_notification;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_put(const Announced& put) {
  require(!put.bucket.empty() && !put.key.empty() && !put.event.sequencer.empty());
  require(is_utf8(put.bucket) && is_utf8(put.key) && is_utf8(put.event.sequencer) && is_utf8(put.event.etag));
  require(put.event.time.size() <= 40 && put.event.time.find('/') == std::string::npos);
  require(put.event.name.find("ObjectCreated:") != std::string::npos);
  require(!put.event.version_id || !put.event.version_id->empty());
}

void check_set_aside(const MalformedRecord& record) {
  require(is_utf8(record.description) && !record.description.empty());
  const auto again = parse_notification(record.message, "fuzz");
  require(again && again->announced.empty() && again->others == 0 && again->malformed.size() == 1);
  require(again->malformed[0].description == record.description && again->malformed[0].message == record.message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string key = strongroom::transfers::decode_key(text);
  require(is_utf8(key) && key.size() <= 3 * size);
  const auto read = parse_notification(text, "fuzz");
  if (!read) {
    require(!read.error().what.empty());
    return 0;
  }
  for (const Announced& put : read->announced) check_put(put);
  for (const MalformedRecord& record : read->malformed) check_set_aside(record);
  return 0;
}
