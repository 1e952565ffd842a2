#include "api/ingest_request.hpp"

#include <algorithm>
#include <array>

#include "api/request_members.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

constexpr std::array kProviders = {Provider::amazon_s3, Provider::azure_blob_storage, Provider::filesystem};

// ---- stage two: rules

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

class Judge {
 public:
  Judge(const DecodedRequest& request, const ApiConfig& config) : request_(request), config_(config) {}

  Result<IngestRequest> judge(const ClientId& client) {
    const auto provider = judge_provider();
    judge_source(provider);
    if (request_.callback_url) {
      invalid(".callback.url", callback_url_fault(*request_.callback_url, config_.callbacks));
    }
    const auto type = parse_ingest_type(request_.ingest_type);
    if (!type)
      note("Invalid value at .ingestType.id: got " + quoted(request_.ingest_type) +
           ", valid values are: create, update.");
    auto identifier = ExternalIdentifier::parse(request_.external_identifier);
    auto space = judge_space(identifier.has_value());
    if (!identifier) invalid(".bag.info.externalIdentifier", identifier.error().what);
    if (space && identifier) judge_bag_id();
    const auto version = judge_version(type);
    if (!lines_.empty() || !provider || !type || !space || !identifier) return rejected(join(lines_, "\n"));
    return IngestRequest{*type,
                         BagId{std::move(*space), std::move(*identifier)},
                         SourceLocation{*provider, request_.bucket, request_.path},
                         request_.callback_url,
                         version,
                         client};
  }

 private:
  void note(std::string_view line) { lines_.push_back(one_line(line)); }
  bool invalid(std::string_view path, std::string_view fault) {
    if (fault.empty()) return false;
    note("Invalid value at " + std::string(path) + ": " + std::string(fault));
    return true;
  }

  [[nodiscard]] const std::vector<std::string>* buckets_of(Provider provider) const {
    const auto found = config_.sources.find(provider);
    return found == config_.sources.end() || found->second.empty() ? nullptr : &found->second;
  }

  std::optional<Provider> judge_provider() {
    const auto provider = parse_provider(request_.provider);
    std::vector<std::string> all;
    std::vector<std::string> configured;
    for (Provider one : kProviders) {
      all.emplace_back(name_of(one));
      if (buckets_of(one) != nullptr) configured.emplace_back(name_of(one));
    }
    constexpr std::string_view kPath = "value at .sourceLocation.provider.id: got ";
    if (!provider) {
      note("Unrecognised " + std::string(kPath) + quoted(request_.provider) + ", valid values are: " + join(all, ", ") +
           ".");
    } else if (buckets_of(*provider) == nullptr) {
      note("Forbidden " + std::string(kPath) + quoted(request_.provider) +
           ", configured providers are: " + join(configured, ", ") + ".");
    }
    return provider;
  }

  void judge_source(std::optional<Provider> provider) {
    if (!invalid(".sourceLocation.bucket", source_bucket_fault(request_.bucket)) && provider) judge_bucket(*provider);
    // Of an unknown provider only what holds for every one is asked.
    invalid(".sourceLocation.path", source_path_fault(provider.value_or(Provider::amazon_s3), request_.path));
  }

  void judge_bucket(Provider provider) {
    const std::vector<std::string>* buckets = buckets_of(provider);
    if (buckets == nullptr) return;
    const bool known = std::any_of(buckets->begin(), buckets->end(),
                                   [&](const std::string& one) { return one == "*" || one == request_.bucket; });
    if (known) return;
    note("Forbidden value at .sourceLocation.bucket: got " + quoted(request_.bucket) + ", configured " +
         std::string(name_of(provider)) + " buckets are: " + join(*buckets, ", ") + ".");
  }

  std::optional<Space> judge_space(bool identifier_is_legal) {
    constexpr std::string_view kPath = ".space.id";
    auto space = Space::parse(request_.space);
    if (!space) {
      invalid(kPath, space.error().what);
      return std::nullopt;
    }
    const auto& allowed = config_.allowed_spaces;
    if (allowed && std::find(allowed->begin(), allowed->end(), space->str()) == allowed->end()) {
      invalid(kPath, "must be one of: " + join(*allowed, ", ") + ".");
      return std::nullopt;
    }
    for (const ReservedSpace& reserved : config_.reserved_spaces) {
      if (!identifier_is_legal || !request_.external_identifier.starts_with(reserved.prefix)) continue;
      if (space->str() == reserved.space) continue;
      invalid(kPath, "must be " + quoted(reserved.space) + " for identifiers that begin with " +
                         quoted(reserved.prefix) + ".");
      return std::nullopt;
    }
    return std::move(*space);
  }

  void judge_bag_id() {
    if (!request_.bag_id) return;
    const std::string expected = request_.space + "/" + request_.external_identifier;
    if (*request_.bag_id == expected) return;
    invalid(".bag.id", "got " + quoted(*request_.bag_id) + ", expected " + quoted(expected) + ".");
  }

  std::optional<Version> judge_version(std::optional<IngestType> type) {
    if (!request_.bag_version) return std::nullopt;
    if (type == IngestType::create) {
      invalid(".bag.version", "only an update may name the current version.");
      return std::nullopt;
    }
    const auto version = Version::parse(*request_.bag_version);
    if (!version) {
      invalid(".bag.version", "got " + quoted(*request_.bag_version) + ", must be v followed by a number.");
    }
    return version;
  }

  const DecodedRequest& request_;
  const ApiConfig& config_;
  std::vector<std::string> lines_;
};

}  // namespace

Result<DecodedRequest> decode_request(std::string_view body, const ApiConfig& config) {
  if (body.empty()) return rejected("Request entity expected but not supplied");
  auto parsed = parse_strict_json(body);
  if (!parsed) return rejected("The request content was malformed:\n" + parsed.error().what);

  MemberReader decoder;
  decoder.root(*parsed);
  const JsonValue* root = parsed->kind == JsonKind::object ? &*parsed : nullptr;
  DecodedRequest request;
  const JsonValue* source = decoder.object(root, ".sourceLocation", true);
  const JsonValue* provider = decoder.object(source, ".sourceLocation.provider", true);
  request.provider = decoder.text(provider, ".sourceLocation.provider.id", true).value_or("");
  request.bucket = decoder.text(source, ".sourceLocation.bucket", true).value_or("");
  request.path = decoder.text(source, ".sourceLocation.path", true).value_or("");
  const JsonValue* callback = decoder.object(root, ".callback", false);
  request.callback_url = decoder.text(callback, ".callback.url", true);
  const JsonValue* type = decoder.object(root, ".ingestType", true);
  request.ingest_type = decoder.text(type, ".ingestType.id", true).value_or("");
  const JsonValue* space = decoder.object(root, ".space", true);
  request.space = decoder.text(space, ".space.id", true).value_or("");
  const JsonValue* bag = decoder.object(root, ".bag", true);
  const JsonValue* info = decoder.object(bag, ".bag.info", true);
  request.external_identifier = decoder.text(info, ".bag.info.externalIdentifier", true).value_or("");
  const bool version_needed = config.require_version && request.ingest_type == name_of(IngestType::update);
  request.bag_id = decoder.text(bag, ".bag.id", version_needed);
  request.bag_version = decoder.text(bag, ".bag.version", version_needed);
  if (std::string lines = decoder.lines(); !lines.empty()) return rejected(std::move(lines));
  return request;
}

Result<IngestRequest> judge_request(const DecodedRequest& decoded, const ApiConfig& config, const ClientId& client) {
  return Judge(decoded, config).judge(client);
}

}  // namespace strongroom::api
