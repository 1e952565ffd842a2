#include "cli/transfer_desk.hpp"

#include <algorithm>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/json_tree.hpp"
#include "transfers/record_view.hpp"
#include "transfers/steering.hpp"

namespace strongroom::cli {
namespace {

constexpr std::uint64_t kPageMax = 1000;
/// Who did it, for record and audit log.
constexpr const char* kOperator = "operator";
/// A worker may change the package between our look and our order.
constexpr int kLooks = 3;

Error no_log(const std::string& id, const std::optional<std::string>& result) {
  return rejected("transfer " + id + " has no log" + (result ? " " + one_line(*result) : "") + " yet", {},
                  Reason::not_found);
}

// ---- by the service -------------------------------------------------------------------------------------------------

class ServiceDesk final : public TransferDesk {
 public:
  explicit ServiceDesk(Credentials credentials) : session_(std::move(credentials)) {}

  Result<bool> list(const WantedTransfers& wanted, const std::function<void(const std::string&)>& take) override {
    std::string query = query_of(wanted);
    std::uint64_t left = wanted.limit;
    while (true) {
      TRY(const JsonTree page, document("GET", "/transfers?" + query));
      context_ = page.text("@context");
      const auto& results = page.list("results");
      const std::size_t taken = std::min<std::uint64_t>(left, results.size());
      for (std::size_t i = 0; i < taken; ++i) take(results[i].json());
      left -= taken;
      const std::string next = page.text("next");
      const std::size_t mark = next.find('?');
      if (left == 0) return taken < results.size() || !next.empty();
      if (mark == std::string::npos) return false;
      query = next.substr(mark + 1);
    }
  }

  [[nodiscard]] std::string context() const override { return context_; }

  Result<std::string> show(const std::string& id) override { return session_.request("GET", "/transfers/" + id); }

  Result<TransferLogText> log(const std::string& id, const std::optional<std::string>& result) override {
    TRY(const JsonTree record, document("GET", "/transfers/" + id));
    TransferLogText found{result.value_or(""), {}, {}};
    for (const JsonTree& one : record.list("logs")) {
      if (result && one.text("result") != *result) continue;
      found.result = one.text("result");
      found.key = one.text("key");
    }
    if (found.result.empty()) return no_log(id, result);
    // One that was removed again is not in the list, but its text is still known.
    TRY(found.text, session_.request("GET", "/transfers/" + id + "/logs/" + percent_encode(found.result, "")));
    return found;
  }

  Result<std::string> retry(const std::string& id, bool new_submission) override {
    return order(id, "retry", new_submission ? R"({"newSubmission":true})" : "{}");
  }

  Result<std::string> dismiss(const std::string& id, const std::string& reason) override {
    std::string body;
    JsonWriter(body).begin_object().member("reason", reason).end_object();
    return order(id, "dismiss", body);
  }

 private:
  static std::string query_of(const WantedTransfers& wanted) {
    std::string query = "limit=" + std::to_string(std::min(kPageMax, wanted.limit));
    const auto add = [&](const char* name, const std::optional<std::string>& value) {
      if (value) query.append("&").append(name).append("=").append(percent_encode(*value, ""));
    };
    if (!wanted.statuses.empty()) add("status", join(wanted.statuses, ","));
    add("area", wanted.area);
    add("key", wanted.key);
    add("prefix", wanted.prefix);
    add("identifier", wanted.identifier);
    add("transferId", wanted.transfer_id);
    if (wanted.delayed) add("delayed", "true");
    if (wanted.unresolved) add("unresolved", "true");
    return query;
  }

  Result<JsonTree> document(const std::string& method, const std::string& path) {
    TRY(const std::string text, session_.request(method, path));
    auto tree = JsonTree::parse(text);
    if (!tree) return broken("the service's answer cannot be read");
    return std::move(*tree);
  }

  Result<std::string> order(const std::string& id, const std::string& what, const std::string& body) {
    return session_.request("POST", "/transfers/" + id + "/" + what, {{"Content-Type", "application/json"}}, body);
  }

  ApiSession session_;
  std::string context_;
};

// ---- in the catalogue -----------------------------------------------------------------------------------------------

class DataDesk final : public TransferDesk {
 public:
  DataDesk(std::unique_ptr<DataCatalogue> catalogue, const DataDeskNeeds& needs, std::string context_url,
           Duration overdue_after)
      : catalogue_(std::move(catalogue)),
        needs_(needs),
        context_url_(std::move(context_url)),
        overdue_after_(overdue_after) {}

  Result<bool> list(const WantedTransfers& wanted, const std::function<void(const std::string&)>& take) override {
    const TransferFilter filter = filter_of(wanted);
    std::optional<TransferPlace> place;
    for (std::uint64_t left = wanted.limit; left > 0;) {
      TRY(const TransferPage page, transfers().find_transfers(filter, place, std::min(kPageMax, left)));
      for (const Transfer& transfer : page.transfers) take(transfers::record_view(transfer));
      left -= page.transfers.size();
      place = page.next;
      if (!place) return false;
    }
    return true;
  }

  [[nodiscard]] std::string context() const override { return context_url_; }

  Result<std::string> show(const std::string& id) override {
    TRY(const Transfer transfer, find(id));
    return transfers::record_view(transfer, context_url_);
  }

  Result<TransferLogText> log(const std::string& id, const std::optional<std::string>& result) override {
    TRY(const Transfer transfer, find(id));
    const auto wanted = [&](const TransferLog& log) { return result ? log.result == *result : !log.removed; };
    const auto found = std::find_if(transfer.logs.rbegin(), transfer.logs.rend(), wanted);
    if (found == transfer.logs.rend()) return no_log(id, result);
    return TransferLogText{found->result, found->key, found->text};
  }

  Result<std::string> retry(const std::string& id, bool new_submission) override {
    return carry_out(id, audit_action::kTransferRetried, new_submission ? "new submission" : "done",
                     [&](const Transfer& before, Instant now) {
                       return transfers::retried(before, new_submission, kOperator, now);
                     });
  }

  Result<std::string> dismiss(const std::string& id, const std::string& reason) override {
    return carry_out(id, audit_action::kTransferDismissed, "done", [&](const Transfer& before, Instant now) {
      return transfers::dismissed(before, reason, kOperator, now, overdue_after_);
    });
  }

 private:
  using Order = std::function<Result<Transfer>(const Transfer& before, Instant now)>;

  [[nodiscard]] Transfers& transfers() { return catalogue_->transfers(); }

  static TransferFilter filter_of(const WantedTransfers& wanted) {
    TransferFilter filter{.area = wanted.area,
                          .key = wanted.key,
                          .key_prefix = wanted.prefix,
                          .identifier = wanted.identifier,
                          .transfer_id = wanted.transfer_id};
    for (const std::string& status : wanted.statuses) {
      if (const auto state = parse_transfer_state(status)) filter.states.push_back(*state);
    }
    if (wanted.delayed) filter.delayed = true;
    if (wanted.unresolved) filter.unresolved = true;
    return filter;
  }

  Result<Transfer> find(const std::string& id) {
    TRY(auto found, transfers().find_transfer(id));
    if (!found) return rejected("there is no transfer " + id, {}, Reason::not_found);
    return std::move(*found);
  }

  Result<std::string> carry_out(const std::string& id, std::string_view action, const std::string& outcome,
                                const Order& order) {
    for (int look = 1;; ++look) {
      TRY(const Transfer before, find(id));
      const Instant now = needs_.clock.now();
      auto after = order(before, now);
      if (!after) return std::move(after).error();
      TransferSave save{.transfer = std::move(*after)};
      save.notice = TransferNotice{random_uuid(needs_.entropy), save.transfer.expected_space,
                                   transfers::record_view(save.transfer)};
      const auto changed = transfers().change_transfer(
          before, save, {kOperator, std::string(action), "transfer " + id, outcome, {}, now});
      if (changed) return transfers::record_view(save.transfer, context_url_);
      if (changed.error().reason != Reason::conflict || look == kLooks) return changed.error();
    }
  }

  std::unique_ptr<DataCatalogue> catalogue_;
  const DataDeskNeeds needs_;
  const std::string context_url_;
  const Duration overdue_after_;
};

}  // namespace

std::unique_ptr<TransferDesk> make_service_desk(Credentials credentials) {
  return std::make_unique<ServiceDesk>(std::move(credentials));
}

std::unique_ptr<TransferDesk> make_data_desk(std::unique_ptr<DataCatalogue> catalogue, const DataDeskNeeds& needs,
                                             std::string context_url, Duration overdue_after) {
  return std::make_unique<DataDesk>(std::move(catalogue), needs, std::move(context_url), overdue_after);
}

}  // namespace strongroom::cli
