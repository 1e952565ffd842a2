#include "ingest/doors.hpp"

#include <algorithm>
#include <exception>

#include "ingest/commit.hpp"
#include "ingest/confirm.hpp"
#include "ingest/find_root.hpp"
#include "ingest/held_bag.hpp"
#include "ingest/register_bag.hpp"
#include "ingest/replicate.hpp"
#include "ingest/route.hpp"
#include "ingest/unpack.hpp"
#include "ingest/verify.hpp"

namespace strongroom::ingest {
namespace {

/// What an earlier step handed on.
template <class Waypoint>
Result<Waypoint> recorded(const DoorContext& context, Step step) {
  const StepRecord* record = find_step(context.view.steps, {step, std::nullopt});
  if (record == nullptr) return broken("a step before this one has no record", std::string(code_of(step)));
  return decode_waypoint<Waypoint>(record->waypoint);
}

/// One entering of one door, with everything at hand.
class Door {
 public:
  Door(const DoorNeeds& needs, const DoorSettings& settings, const DoorContext& context, const StepKey& key)
      : needs_(needs),
        settings_(settings),
        context_(context),
        key_(key),
        report_(context.area),
        progress_(needs.catalogue, needs.clock, context.lease, context.view.ingest.id, context.view.ingest.run, key) {}

  DoorOutcome enter() {
    Result<Passed> passed = guarded();
    auto report = report_.finish(needs_.records, [&](std::string_view sha256) {
      return layout::report_key(ingest().id, ingest().run, code_of(key_.step),
                                key_.location ? std::string_view(key_.location->str()) : std::string_view(), sha256);
    });
    // A report that could not be kept is trouble of the step, unless the step has trouble of its own.
    if (!report && (passed || passed.error().act == Act::rejected)) return {std::move(report).error(), {}};
    return {std::move(passed), report ? *report : ReportWriter::Summary{}};
  }

 private:
  [[nodiscard]] const Ingest& ingest() const { return context_.view.ingest; }

  Result<Passed> guarded() {
    try {
      TRY_VOID(context_.stop.check());
      TRY_VOID(check_room());
      return pass();
    } catch (const std::exception& exception) {
      return broken(std::string("unexpected exception: ") + exception.what());
    }
  }

  /// No worker writes into the last of the catalogue's disk: there must be room to record what happened.
  Result<void> check_room() {
    if (key_.step == Step::find_root || key_.step == Step::assign_version) return {};
    TRY(const std::uint64_t free, needs_.gauge.free_bytes());
    if (free < settings_.min_free) return temporary("full disk", {}, Reason::no_space);
    return {};
  }

  Result<Passed> pass() {
    switch (key_.step) {
      case Step::unpack:
        return pass_unpack();
      case Step::find_root:
        return pass_find_root();
      case Step::verify:
        return pass_verify();
      case Step::assign_version:
        return pass_assign_version();
      case Step::replicate:
        return pass_replicate();
      case Step::confirm:
        return pass_confirm();
      case Step::commit:
        return pass_commit();
      case Step::register_bag:
        return pass_register();
    }
    return broken("no such step");
  }

  template <class Waypoint>
  Result<Waypoint> waypoint_of(Step step) const {
    return recorded<Waypoint>(context_, step);
  }

  Result<Passed> pass_unpack() {
    UnpackTask task{ingest().request.source, settings_.archive, std::nullopt, staging()};
    const StepRecord* before = find_step(context_.view.steps, key_);
    if (before != nullptr && !before->waypoint.empty()) {
      TRY(const Unpacked earlier, decode_waypoint<Unpacked>(before->waypoint));
      task.expected = earlier.inventory;
    }
    TRY(const Unpacked unpacked, unpack(UnpackNeeds{needs_.sources, context_.area, context_.places, &needs_.workers,
                                                    report_, progress_, context_.stop},
                                        task));
    return Passed{encode(unpacked), unpacked_detail(unpacked.inventory.bytes, unpacked.inventory.entries), {}, {}};
  }

  Result<Passed> pass_find_root() {
    TRY(const Unpacked unpacked, waypoint_of<Unpacked>(Step::unpack));
    TRY(const Rooted rooted, find_root(context_.area, unpacked, report_));
    return Passed{encode(rooted), {}, {}, {}};
  }

  Result<Passed> pass_verify() {
    TRY(const Unpacked unpacked, waypoint_of<Unpacked>(Step::unpack));
    TRY(const Rooted rooted, waypoint_of<Rooted>(Step::find_root));
    std::optional<HeldBag> held =
        held_for(ingest().request, context_.view.versions, needs_.records, context_.places, needs_.log, needs_.damage);
    const VerifyTask task{ingest().request.type, largest_budget(ingest().request.bag, context_.places),
                          ingest().request.bag, held ? &*held : nullptr, settings_.profiles};
    PackageFiles files(context_.area, context_.places, staging(), rooted.root);
    TRY(const Verified verified,
        verify(VerifyNeeds{context_.area, files, report_, progress_, context_.stop}, task, unpacked, rooted));
    return Passed{encode(verified), {}, {}, {}};
  }

  Result<Passed> pass_assign_version() {
    Assignment assignment = assign_version(ingest(), context_.view.versions);
    if (!assignment.version) {
      TRY_VOID(report_.add(version_problem(assignment)));
      return refusal(assignment.refusal);
    }
    const Versioned versioned{*assignment.version};
    return Passed{encode(versioned), "assigned bag version " + versioned.version.str(), std::move(assignment), {}};
  }

  Result<const Place*> place() const {
    const auto found = std::find_if(context_.places.begin(), context_.places.end(),
                                    [&](const Place& p) { return key_.location && p.facts.name == *key_.location; });
    if (found == context_.places.end()) return broken("no such location", key_.location ? key_.location->str() : "");
    return &*found;
  }

  Result<DepositTicket> ticket() const {
    TRY(const Versioned versioned, waypoint_of<Versioned>(Step::assign_version));
    return DepositTicket{ingest().request.bag, versioned.version, ingest().id, context_.lease.fence, context_.adopt};
  }

  [[nodiscard]] StagingTicket staging() const { return {ingest().id, context_.lease.fence, context_.adopt}; }

  /// A location that was added since has no copy of what earlier versions hold, rather than a damaged one.
  [[nodiscard]] bool holds_latest(const Place& at) const {
    const VersionRow* latest = latest_registered(context_.view.versions);
    if (latest == nullptr) return false;
    const std::vector<std::string>& holders = latest->registration->location_uuids;
    return std::find(holders.begin(), holders.end(), at.facts.uuid) != holders.end();
  }

  CheckCopyNeeds check_copy_needs(const Place& at) {
    return CheckCopyNeeds{context_.area,
                          needs_.workers,
                          report_,
                          progress_,
                          context_.stop,
                          spread_of(at.facts),
                          holds_latest(at) ? needs_.damage : nullptr};
  }

  Result<Passed> pass_replicate() {
    TRY(const Place* at, place());
    TRY(const DepositTicket deposit, ticket());
    TRY(const Verified verified, waypoint_of<Verified>(Step::verify));
    TRY(const Rooted rooted, waypoint_of<Rooted>(Step::find_root));
    PackageFiles files(context_.area, context_.places, staging(), rooted.root);
    const ReplicateNeeds needs{context_.area, files,     at->depository, needs_.workers,
                               report_,       progress_, context_.stop,  spread_of(at->facts)};
    TRY(const Replicated replicated, replicate(needs, deposit, rooted, verified.inventory));
    return Passed{encode(replicated), {}, {}, {}};
  }

  Result<Passed> pass_confirm() {
    TRY(const Place* at, place());
    TRY(const DepositTicket deposit, ticket());
    TRY(const Verified verified, waypoint_of<Verified>(Step::verify));
    TRY(const Rooted rooted, waypoint_of<Rooted>(Step::find_root));
    PackageFiles files(context_.area, context_.places, staging(), rooted.root);
    CheckCopyNeeds needs = check_copy_needs(*at);
    if (at->facts.verify == CopyCheck::server_checksum) needs.package = &files;
    TRY(const Confirmed confirmed, confirm(needs, *at, needs_.clock, deposit, verified));
    return Passed{encode(confirmed), {}, {}, {}};
  }

  Result<Passed> pass_commit() {
    TRY(const Place* at, place());
    TRY(const DepositTicket deposit, ticket());
    TRY(const Verified verified, waypoint_of<Verified>(Step::verify));
    TRY(const Confirmed committed, commit(check_copy_needs(*at), *at, needs_.clock, deposit, verified.inventory));
    return Passed{encode(committed), {}, {}, {}};
  }

  Result<Passed> pass_register() {
    TRY(const Described described, waypoint_of<Described>(Step::register_bag));
    TRY(const Versioned versioned, waypoint_of<Versioned>(Step::assign_version));
    TRY(Registration registration, registration_of(described));
    const VersionRow row{versioned.version, VersionState::registered, ingest().id, true, registration};
    TRY_VOID(refuse_other_row(row));
    TRY_VOID(publish(needs_.records, context_.places, ingest().request.bag, versioned.version, described));
    TRY_VOID(index(row));
    // Cleared before the last settle, under the lease: afterwards nobody would come back for it (CORRECTNESS 2.7).
    for (const Place& at : context_.places) {
      TRY_VOID(at.depository.sweep(ingest().id, Fence{context_.lease.fence.number + 1}));
    }
    TRY_VOID(needs_.working.remove(ingest().id, context_.lease.fence));
    return Passed{encode(described), {}, {}, std::move(registration)};
  }

  /// Before anything is written that cannot be taken back.
  Result<void> refuse_other_row(const VersionRow& row) {
    if (needs_.versions == nullptr) return {};
    const BagId& bag = ingest().request.bag;
    TRY(const auto there, needs_.versions->find(bag, row.version));
    if (!there || *there == version_entry(row)) return {};
    return refusal("another row of " + bag.str() + " " + row.version.str() + " is already in the version index");
  }

  /// The run can only succeed now: whatever is wrong is tried again.
  Result<void> index(const VersionRow& row) {
    if (needs_.versions == nullptr) return {};
    auto put = needs_.versions->put(ingest().request.bag, version_entry(row));
    if (put || put.error().act != Act::rejected) return put;
    return temporary(put.error().what, put.error().where, Reason::conflict);
  }

  Result<Registration> registration_of(const Described& described) {
    TRY(auto source, needs_.records.get(layout::kept_index_key(described.sha256), {}));
    TRY(std::string index, read_all(*source, limits::kBagInfoMax));
    if (digest_of(Algorithm::sha256, index).hex() != described.index_sha256) {
      return broken("the sparse index is not the one that was made", described.sha256, Reason::corrupt);
    }
    return Registration{described.created,    ingest().created,     described.sha256, described.size,
                        described.file_count, described.byte_count, std::move(index), ingest().location_uuids};
  }

  const DoorNeeds& needs_;
  const DoorSettings& settings_;
  const DoorContext& context_;
  const StepKey& key_;
  ReportWriter report_;
  ProgressMeter progress_;
};

/// Events of the run up to `Register started`, which is the last the description tells (CORRECTNESS 1.2).
std::vector<IngestEvent> told_events(std::vector<IngestEvent> events) {
  const std::string last = started_text(step_name(Step::register_bag, {}));
  while (!events.empty() && events.back().description != last) events.pop_back();
  return events;
}

Result<std::vector<DescribedLocation>> described_locations(const DoorContext& context) {
  std::vector<DescribedLocation> locations;
  for (const Place& place : context.places) {
    const LocationFacts& facts = place.facts;
    const StepRecord* confirm = find_step(context.view.steps, {Step::confirm, facts.name});
    const StepRecord* commit = find_step(context.view.steps, {Step::commit, facts.name});
    if (confirm == nullptr || commit == nullptr) return broken("a location was not verified", facts.name.str());
    TRY(const Confirmed confirmed, decode_waypoint<Confirmed>(confirm->waypoint));
    TRY(const Confirmed committed, decode_waypoint<Confirmed>(commit->waypoint));
    locations.push_back({facts.label, facts.provider, facts.bucket, facts.prefix, facts.role, facts.uuid,
                         std::string(name_of(confirmed.check)), committed.verified});
  }
  return locations;
}

}  // namespace

DoorOutcome enter_door(const DoorNeeds& needs, const DoorSettings& settings, const DoorContext& context,
                       const StepKey& key) {
  return Door(needs, settings, context, key).enter();
}

Result<std::string> describe_version(const DoorNeeds& needs, const DoorSettings& settings, const DoorContext& context) {
  TRY(const Unpacked unpacked, recorded<Unpacked>(context, Step::unpack));
  TRY(Verified verified, recorded<Verified>(context, Step::verify));
  TRY(const Versioned versioned, recorded<Versioned>(context, Step::assign_version));
  TRY(auto locations, described_locations(context));
  TRY(auto events, needs.catalogue.events_of(context.view.ingest.id));
  const Instant last = context.view.ingest.last_modified.value_or(context.view.ingest.created);
  const DescribeTask task{
      settings.context_url, context.view.ingest, versioned.version,    std::max(needs.clock.now(), last),
      unpacked.source.size, std::move(verified), std::move(locations), told_events(std::move(events))};
  TRY(const Described described, describe(DescribeNeeds{context.area, needs.records}, task));
  return encode(described);
}

}  // namespace strongroom::ingest
