// What a settle would make of one bag: copies, kept whole or dropped whole. Under the catalogue's mutex.
// Private to the memory catalogue.
#pragma once

#include "adapters/catalogue/memory/catalogue.hpp"

namespace strongroom::memory {

struct MemoryCatalogue::Draft {
  MemoryCatalogue& catalogue;
  BagId bag_id;
  Bag bag;
  IngestId ingest;
  int run;
  Instant now;
  std::map<IngestId, Stored> ingests;
  std::vector<OutgoingEvent> outgoing;
  std::vector<Queued> deliveries;
  std::vector<Deed> deeds{};

  /// The draft of an ingest that exists.
  Stored& stored(const IngestId& id);
  Result<void> operator()(const SaveIngest& write);
  Result<void> operator()(const SaveStep& write);
  Result<void> operator()(const DropStep& write);
  Result<void> operator()(const SaveVersion& write);
  Result<void> operator()(const ReleaseVersion& write);
  Result<void> operator()(const AppendOutgoing& write);
  Result<void> operator()(const QueueDelivery& write);
  Result<void> operator()(const RecordDeed& write);
  void keep();
};

}  // namespace strongroom::memory
