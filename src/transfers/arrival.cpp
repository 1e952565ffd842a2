#include "transfers/arrival.hpp"

#include "base/text.hpp"
#include "transfers/idempotency_key.hpp"
#include "transfers/record_view.hpp"

namespace strongroom::transfers {
namespace {

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`
std::string in_milliseconds(Instant instant) {
  std::string text = format_instant(instant);
  constexpr std::size_t kMicroseconds = 3;
  return text.erase(text.size() - 1 - kMicroseconds, kMicroseconds);
}

}  // namespace

TransferEvent observed(const AreaObject& object, std::string_view source) {
  const std::string time = in_milliseconds(object.modified);
  std::string compact = time;
  std::erase_if(compact, [](char c) { return c == '-' || c == ':'; });
  TransferEvent event;
  event.name = kObservedEvent;
  event.time = time;
  event.sequencer = object.etag + "-" + compact;
  event.version_id = object.version_id;
  event.etag = object.etag;
  event.source = source;
  return event;
}

Transfer arrived(const AreaInUse& area, const std::string& key, TransferEvent event,
                 const std::vector<Prefix>& prefixes, Instant now, Entropy& entropy) {
  Transfer transfer;
  transfer.id = random_uuid(entropy);
  transfer.area = area.name;
  transfer.bucket = area.bucket;
  transfer.key = key;
  transfer.idempotency_key = idempotency_key({area.bucket, event.name, key, event.sequencer, event.version_id});
  transfer.event = std::move(event);
  transfer.created = now;
  transfer.modified = now;
  transfer.due = now;
  if (const Prefix* prefix = find_prefix(prefixes, key)) {
    transfer.flavour = name_of(prefix->flavour);
    transfer.expected_space = prefix->expected_space;
  }
  transfer.remarks.push_back({"Received", now});
  return transfer;
}

NewTransfer newly(Transfer transfer, Entropy& entropy) {
  TransferNotice notice{random_uuid(entropy), transfer.expected_space, record_view(transfer)};
  return {std::move(transfer), std::move(notice)};
}

}  // namespace strongroom::transfers
