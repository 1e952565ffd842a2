#include "events/registered_version.hpp"

#include "domain/json_members.hpp"
#include "retrieve/description.hpp"

namespace strongroom::events {

Result<BagId> registered_bag(const std::string& body) {
  TRY(const JsonMembers members, JsonMembers::parse(body));
  TRY(const std::string space_text, members.text("space"));
  TRY(const std::string identifier_text, members.text("externalIdentifier"));
  TRY(Space space, Space::parse(space_text));
  TRY(ExternalIdentifier identifier, ExternalIdentifier::parse(identifier_text));
  return BagId{std::move(space), std::move(identifier)};
}

Result<RegisteredVersion> find_version(Catalogue& catalogue, const std::string& body) {
  TRY(const JsonMembers members, JsonMembers::parse(body));
  TRY(const std::string version_text, members.text("version"));
  TRY(BagId bag, registered_bag(body));
  const auto version = Version::parse(version_text);
  if (!version) return broken("an event names no version", version_text, Reason::corrupt);
  TRY(auto row, catalogue.find_registered(bag, *version));
  if (!row || !row->registration) return broken("an event tells of a version that is not registered", body);
  return RegisteredVersion{std::move(bag), std::move(*row)};
}

Result<VersionReading> VersionReading::open(const VersionNeeds& needs, const RegisteredVersion& version) {
  TRY(auto source,
      retrieve::open_description({needs.records, needs.locations, needs.journal}, version.bag, version.row));
  auto reader = std::make_unique<DescriptionReader>(*source);
  TRY(DescriptionHead head, reader->head());
  return VersionReading(std::move(source), std::move(reader), std::move(head));
}

Result<const DescribedFile*> VersionReading::next_file() {
  TRY(const DescribedFile* file, reader_->next_file());
  if (file == nullptr) {
    TRY(tail_, reader_->skip_to_tail());
  }
  return file;
}

}  // namespace strongroom::events
