// What the rooms of transfers remember beside the packages.
#include "contracts/catalogue_contract_bench.hpp"
#include "contracts/transfers_contract_bench.hpp"

namespace strongroom::contracts {
namespace {

// ---- METS names -----------------------------------------------------------------------------------------------------

BagId bag(const std::string& identifier) {
  return {Space::parse("born-digital").value(), ExternalIdentifier::parse(identifier).value()};
}

std::string mets(const std::string& transfer) {
  return "data/objects/submissionDocumentation/transfer-" + transfer + "/METS.xml";
}

// E16
Result<void> e16_names_are_found_by_their_end(TransfersUnderTest& test) {
  Transfers& transfers = test.transfers;
  TRY_VOID(transfers.add_mets_names(bag("X"), Version(1), {mets("pkg-XT-1x"), mets("pkg-T-10"), mets("pkg-t-1")}));
  TRY_VOID(transfers.add_mets_names(bag("X"), Version(1), {mets("pkg-T-1") + ".bak", "data/-T-1/mets.xml"}));
  TRY_VOID(transfers.add_mets_names(bag("X"), Version(1), {}));
  const std::string suffix = "-T-1/METS.xml";
  TRY(const auto nothing, transfers.find_mets_suffix(suffix));
  HOLDS(!nothing);
  TRY_VOID(transfers.add_mets_names(bag("LE/MON/1"), Version(3), {mets("pkg-T-1"), mets("other-T-2")}));
  TRY(const auto third, transfers.find_mets_suffix(suffix));
  HOLDS(third == TransferBag({"born-digital", "LE/MON/1", "v3"}));
  // The lowest counts, whenever it was recorded; and 10 is more than 3.
  TRY_VOID(transfers.add_mets_names(bag("LE/MON/1"), Version(10), {mets("pkg-T-1")}));
  TRY_VOID(transfers.add_mets_names(bag("LE/MON/1"), Version(2), {mets("pkg-T-1")}));
  TRY_VOID(transfers.add_mets_names(bag("LE/MON/1"), Version(2), {mets("pkg-T-1")}));
  TRY(const auto second, transfers.find_mets_suffix(suffix));
  HOLDS(second && second->version == "v2");
  // Of several bags with that version the one that was recorded first.
  TRY_VOID(transfers.add_mets_names(bag("A"), Version(2), {mets("pkg-T-1")}));
  TRY(const auto still, transfers.find_mets_suffix(suffix));
  HOLDS(still && still->external_identifier == "LE/MON/1");
  TRY_VOID(transfers.add_mets_names(bag("A"), Version(1), {mets("zz-T-1")}));
  TRY(const auto lowest, transfers.find_mets_suffix(suffix));
  HOLDS(lowest && lowest->external_identifier == "A" && lowest->version == "v1");
  return {};
}

Result<void> names_of_any_characters_are_found(TransfersUnderTest& test) {
  Transfers& transfers = test.transfers;
  const std::vector<std::string> names = {"data/caf\xC3\xA9-\xF0\x9F\x8D\x8B/METS.xml", "data/x\xFF/METS.xml",
                                          "-T-9/METS.xml", "\xF4\x8F\xBF\xBF"};
  TRY_VOID(transfers.add_mets_names(bag("X"), Version(1), names));
  for (const char* suffix : {"\xF0\x9F\x8D\x8B/METS.xml", "\xC3\xA9-\xF0\x9F\x8D\x8B/METS.xml", "\xFF/METS.xml",
                             "-T-9/METS.xml", "\xF4\x8F\xBF\xBF", "l"}) {
    TRY(const auto found, transfers.find_mets_suffix(suffix));
    if (!found) return broken("a name is not found by its end", suffix);
  }
  for (const char* suffix : {"", "x-T-9/METS.xml", "/METS.xmL", "METS.xml "}) {
    TRY(const auto found, transfers.find_mets_suffix(suffix));
    if (found) return broken("a name is found that has another end", suffix);
  }
  return {};
}

// ---- the rest -------------------------------------------------------------------------------------------------------

Result<void> facts_change(TransfersUnderTest& test) {
  TRY(const std::string never, test.transfers.transfer_fact("monitor.lastRun"));
  TRY_VOID(test.transfers.set_transfer_fact("monitor.lastRun", "a"));
  TRY_VOID(test.transfers.set_transfer_fact("monitor.other", "b"));
  TRY_VOID(test.transfers.set_transfer_fact("monitor.lastRun", "c"));
  TRY(const std::string last, test.transfers.transfer_fact("monitor.lastRun"));
  HOLDS(never.empty() && last == "c");
  return {};
}

Result<void> a_message_is_set_aside_once(TransfersUnderTest& test) {
  MessagesAside& aside = test.aside;
  const MessageAside message{
      .source = "http", .subject = "one", .body = "{\"Records\":[7]}", .reason = "not an object", .created = at(3)};
  TRY(const bool first, aside.set_aside(message));
  TRY(const bool again, aside.set_aside(message));
  HOLDS(first && !again);
  MessageAside other = message;
  other.source = "sqs";
  TRY(const bool elsewhere, aside.set_aside(other));
  HOLDS(elsewhere);
  TRY(const auto listed, aside.messages_aside(0, 10));
  HOLDS(listed.size() == 2 && listed[0].reason == "not an object" && listed[1].source == "sqs");
  TRY(const auto found, aside.find_aside(listed[0].number));
  HOLDS(found && *found == listed[0]);
  TRY(const auto tally, test.transfers.transfer_tally());
  HOLDS(tally.messages_aside == 2);
  TRY(const bool dropped, aside.drop_aside(listed[0].number));
  TRY(const bool twice, aside.drop_aside(listed[0].number));
  TRY(const auto left, aside.messages_aside(0, 10));
  HOLDS(dropped && !twice && left.size() == 1 && left[0] == listed[1]);
  return {};
}

Result<void> a_problem_is_told_once(TransfersUnderTest& test) {
  Transfers& transfers = test.transfers;
  const Duration day = std::chrono::hours(24);
  const auto tell = [&](const std::string& problem, const std::string& description, Instant now) {
    return transfers.tell_alert(problem, description, notice(5, ""), now, day);
  };
  TRY(const bool nothing, transfers.end_alert("dashboard", notice(6, ""), at(0)));
  TRY(const bool first, tell("dashboard", "403", at(1)));
  TRY(const bool again, tell("dashboard", "403", at(2)));
  TRY(const bool other, tell("area main", "403", at(2)));
  TRY(const bool otherwise, tell("dashboard", "404", at(3)));
  TRY(const bool soon, tell("dashboard", "404", at(2) + day));
  TRY(const bool next_day, tell("dashboard", "404", at(3) + day));
  HOLDS(!nothing && first && !again && other && otherwise && !soon && next_day);
  TRY(const bool ended, transfers.end_alert("dashboard", notice(6, ""), at(4) + day));
  TRY(const bool twice, transfers.end_alert("dashboard", notice(6, ""), at(4) + day));
  TRY(const bool anew, tell("dashboard", "404", at(5) + day));
  HOLDS(ended && !twice && anew);
  TRY(const auto told, test.told());
  HOLDS(told.size() == 6 && told[0].kind == "operator-alert" && told[0].body == notice(5).body);
  HOLDS(told[0].time == at(1) && told[0].space.empty() && told[4].body == notice(6).body);
  return {};
}

}  // namespace

std::vector<TransfersCheck> transfer_fact_checks() {
  return {
      {"E16_NamesAreFoundByTheirEnd", e16_names_are_found_by_their_end},
      {"NamesOfAnyCharactersAreFound", names_of_any_characters_are_found},
      {"FactsChange", facts_change},
      {"AMessageIsSetAsideOnce", a_message_is_set_aside_once},
      {"AProblemIsToldOnce", a_problem_is_told_once},
  };
}

}  // namespace strongroom::contracts
