#include "cli/audit.hpp"

#include <fstream>
#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/config_options.hpp"
#include "cli/data_catalogue.hpp"
#include "cli/json_tree.hpp"
#include "cli/readable.hpp"

namespace strongroom::cli {
namespace {

constexpr std::size_t kBatch = 1000;

struct AuditOptions {
  ConfigArguments where;
  std::optional<std::string> after;
  std::optional<std::string> file;
  std::optional<std::string> expect;
  bool json = false;
};

/// Every record's line behind `number`, in order, until `take` fails.
Result<void> read_records(AuditLog& log, std::int64_t number,
                          const std::function<Result<void>(std::string_view)>& take) {
  while (true) {
    TRY(const std::vector<AuditRecord> records, log.audit_after(number, kBatch));
    if (records.empty()) return ok();
    for (const AuditRecord& record : records) TRY_VOID(take(record.line));
    number = records.back().number;
  }
}

Exit export_log(const AuditOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<std::uint64_t> after = options.after ? parse_number(*options.after) : 0;
  if (!after) return complain(console, Exit::usage, "--after " + one_line(*options.after) + ": must be a whole number");
  const std::optional<Config> config = config_or_complain(options.where, console);
  if (!config) return Exit::usage;
  const Result<std::unique_ptr<DataCatalogue>> catalogue = DataCatalogue::open(*config, surroundings.clock);
  if (!catalogue) return complain(console, Exit::usage, catalogue.error());
  const Result<void> read =
      read_records((*catalogue)->audit(), static_cast<std::int64_t>(*after), [&](std::string_view line) {
        console.out(std::string(line) + "\n");
        return ok();
      });
  return read ? Exit::success : complain(console, Exit::usage, read.error());
}

/// `4711:3f…`: a record whose digest somebody wrote down elsewhere.
struct Anchor {
  std::int64_t number = 0;
  std::string sha256;
};

Result<std::optional<Anchor>> anchor_of(const AuditOptions& options) {
  if (!options.expect) return std::optional<Anchor>();
  constexpr std::size_t kDigest = 64;
  const std::size_t colon = options.expect->find(':');
  const std::string digest = colon == std::string::npos ? "" : to_lower_ascii(options.expect->substr(colon + 1));
  const std::optional<std::uint64_t> number = parse_number(options.expect->substr(0, colon));
  const bool good = digest.size() == kDigest && digest.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!good || !number || *number == 0) {
    return rejected("--expect " + one_line(*options.expect) + ": must be NUMBER:SHA256, as `audit verify` prints it");
  }
  return std::optional<Anchor>(Anchor{static_cast<std::int64_t>(*number), digest});
}

/// Follows the chain, and looks for the record that somebody wrote down.
class Verifier {
 public:
  explicit Verifier(std::optional<Anchor> anchor) : anchor_(std::move(anchor)) {}

  /// An exported piece begins where its first line says.
  void begin_at(std::string_view line) {
    const std::optional<JsonTree> record = JsonTree::parse(line);
    const std::uint64_t number = record ? record->number("number").value_or(0) : 0;
    if (number < 2) return;
    first_ = static_cast<std::int64_t>(number);
    chain_ = AuditChain(first_ - 1, record->text("previous"));
  }
  Result<void> take(std::string_view line) {
    TRY_VOID(chain_.follow(line));
    if (!anchor_ || anchor_->number != chain_.number()) return ok();
    seen_ = true;
    if (anchor_->sha256 == chain_.sha256()) return ok();
    return broken("record " + std::to_string(chain_.number()) +
                      " of the audit log is not the expected one: its digest is " + chain_.sha256(),
                  {}, Reason::corrupt);
  }
  [[nodiscard]] Result<void> finish() const {
    if (!anchor_ || seen_) return ok();
    return broken("record " + std::to_string(anchor_->number) + " is expected, but the audit log ends before it", {},
                  Reason::corrupt);
  }
  [[nodiscard]] std::int64_t first() const { return first_; }
  [[nodiscard]] const AuditChain& chain() const { return chain_; }

 private:
  std::optional<Anchor> anchor_;
  bool seen_ = false;
  std::int64_t first_ = 1;
  AuditChain chain_;
};

Result<void> verify_file(const std::string& path, Verifier& verifier) {
  std::ifstream stream(path, std::ios::binary);
  std::string line;
  bool begun = false;
  while (std::getline(stream, line)) {
    if (!begun) verifier.begin_at(line);
    begun = true;
    TRY_VOID(verifier.take(line));
  }
  if (!stream.eof() || !stream.is_open()) return rejected("cannot be read", path);
  return verifier.finish();
}

Result<void> verify_catalogue(const Config& config, Clock& clock, Verifier& verifier) {
  TRY(const auto catalogue, DataCatalogue::open(config, clock));
  TRY_VOID(read_records(catalogue->audit(), 0, [&](std::string_view line) { return verifier.take(line); }));
  return verifier.finish();
}

std::string verdict_json(const Verifier& verifier, const Result<void>& verified) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("whole", verified.has_value()).member("first", verifier.first());
  json.member("last", verifier.chain().number()).member("sha256", verifier.chain().sha256());
  if (!verified) json.member("problem", verified.error().what);
  json.end_object();
  return text + "\n";
}

Exit verify_log(const AuditOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  Result<std::optional<Anchor>> anchor = anchor_of(options);
  if (!anchor) return complain(console, Exit::usage, anchor.error());
  Verifier verifier(std::move(anchor).value());
  Result<void> verified;
  if (options.file) {
    verified = verify_file(*options.file, verifier);
  } else {
    const std::optional<Config> config = config_or_complain(options.where, console);
    if (!config) return Exit::usage;
    verified = verify_catalogue(*config, surroundings.clock, verifier);
  }
  const bool readable = verified || verified.error().reason == Reason::corrupt;
  if (readable && options.json) console.out(verdict_json(verifier, verified));
  if (!verified) return complain(console, readable ? Exit::failed : Exit::usage, verified.error());
  if (options.json) return Exit::success;
  const AuditChain& chain = verifier.chain();
  if (chain.number() < verifier.first()) {
    console.out("The audit log is empty.\n");
    return Exit::success;
  }
  console.out("The audit log is whole: records " + std::to_string(verifier.first()) + " to " +
              std::to_string(chain.number()) + ".\nlast record: " + std::to_string(chain.number()) + ":" +
              chain.sha256() + "\n");
  return Exit::success;
}

Command export_command() {
  const auto options = std::make_shared<AuditOptions>();
  Command command("export", "print the audit log as JSON Lines");
  command.description =
      "Prints every record in order, one JSON object a line: number, time, agent, action, object, outcome, request id, "
      "and the digest of the line before. The lines are those the chain is made of, so an export can be verified.";
  command.examples = {{"Keep it elsewhere", "strongroom audit export --data /srv/strongroom >audit.jsonl"},
                      {"Who was refused",
                       "strongroom audit export --data /srv/strongroom | jq 'select(.action == \"access.denied\")'"}};
  command.option("--after", "NUMBER", options->after, "only records behind this one");
  add_data_options(command, options->where);
  command.run = [options](const Surroundings& surroundings) { return export_log(*options, surroundings); };
  return command;
}

Command verify_command() {
  const auto options = std::make_shared<AuditOptions>();
  Command command("verify", "check that the audit log is whole");
  command.description =
      "Follows the chain of digests through the audit log of a data directory, or through a FILE that was exported. A "
      "record "
      "that was altered, or removed from the middle, breaks it.\n\n"
      "That the end was cut off, or that everything was written anew, shows only to somebody who knows a record: write "
      "down elsewhere the last one that is printed, and give it to --expect the next time.";
  command.examples = {{"The log of a service", "strongroom audit verify --data /srv/strongroom"},
                      {"Against a record that was written down",
                       "strongroom audit verify --data /srv/strongroom --expect 4711:3f5a..."}};
  command.exits = {{Exit::failed, "the audit log is not whole, or the expected record is not in it"}};
  command.argument("FILE", options->file, "exported audit log").completed_by(Completes::file);
  command.option("--expect", "NUMBER:SHA256", options->expect, "a record that must be there");
  command.flag("--json", options->json, "print JSON");
  add_data_options(command, options->where);
  command.run = [options](const Surroundings& surroundings) { return verify_log(*options, surroundings); };
  return command;
}

}  // namespace

Command audit_group() {
  Command group("audit", "export and verify the audit log");
  group.description = "Commands about the record of who did what. They read the catalogue of a data directory.";
  group.commands = {export_command(), verify_command()};
  return group;
}

}  // namespace strongroom::cli
