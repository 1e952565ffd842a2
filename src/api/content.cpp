// The ways out for bytes (http-api.md 5.4, 5.5): one file of a stored version, and the whole version as a package.
#include <algorithm>

#include "api/byte_range.hpp"
#include "api/endpoints.hpp"
#include "api/etag.hpp"
#include "api/logged_body.hpp"
#include "api/stored_version.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"
#include "domain/layout.hpp"
#include "retrieve/bag_export.hpp"
#include "retrieve/find_file.hpp"
#include "retrieve/stored_file.hpp"

namespace strongroom::api {
namespace {

constexpr std::size_t kPiece = 64 * limits::kKiB;

/// The bytes of a source. An error breaks the answer off.
class SourceBody final : public HttpBody {
 public:
  explicit SourceBody(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  Result<Pull> pull(std::string& out, std::size_t max) override {
    const std::size_t before = out.size();
    const std::size_t piece = std::clamp<std::size_t>(max, 1, kPiece);
    out.resize(before + piece);
    auto read = source_->read(std::as_writable_bytes(std::span(out.data() + before, piece)));
    out.resize(before + (read ? *read : 0));
    if (!read) return std::move(read).error();
    return *read == 0 ? Pull::end : Pull::bytes;
  }

 private:
  std::unique_ptr<ByteSource> source_;
};

class ExportBody final : public HttpBody {
 public:
  explicit ExportBody(std::unique_ptr<retrieve::BagExport> bag_export) : export_(std::move(bag_export)) {}

  Result<Pull> pull(std::string& out, std::size_t /*max*/) override {
    TRY(const bool more, export_->next(out));
    return more ? Pull::bytes : Pull::end;
  }

 private:
  std::unique_ptr<retrieve::BagExport> export_;
};

/// RFC 6266, with the name as RFC 8187 has it, whatever it holds.
std::string attachment(std::string_view name) { return "attachment; filename*=UTF-8''" + percent_encode(name, ""); }

retrieve::CopyNeeds copy_needs(const Service& service) {
  return {service.config.locations, service.needs.locations, service.needs.log, service.needs.metrics,
          service.needs.damage};
}

/// What is to be recorded and cannot be is not given.
Result<void> record_reading(const Call& call, const std::string& object) {
  if (!call.service.config.audit_reads || call.head.method == "HEAD") return {};
  return call.service.needs.audit.record({call.caller->client().str(), std::string(audit_action::kContentRead), object,
                                          "done", call.request_id.str(), call.service.needs.clock.now()});
}

/// When the version that holds the file was registered.
Result<std::optional<Instant>> held_since(Call& call, const BagId& bag, const DescribedFile& file) {
  const auto holder = Version::parse(std::string_view(file.path).substr(0, file.path.find('/')));
  TRY(const auto row, call.service.needs.catalogue.find_registered(bag, holder));
  if (!row || !row->registration) return std::optional<Instant>();
  return std::optional(row->registration->created);
}

HttpResponse not_satisfiable(Call& call, std::uint64_t size) {
  const std::string bytes = std::to_string(size);
  HttpResponse response = call.fail(416, "The requested range is outside the file, which has " + bytes + " bytes");
  response.headers.emplace_back("Content-Range", "bytes */" + bytes);
  return response;
}

HttpResponse in_archive_tier(Call& call, const std::string& name) {
  HttpResponse response = call.fail(503, name + " is only held in an archive tier and must be restored first");
  // A restore takes hours, and somebody has to ask for it.
  response.headers.emplace_back("Retry-After", "3600");
  return response;
}

/// Status, headers of the part that is asked for, and the bytes. `object`: the file as the audit log names it.
HttpResponse give(Call& call, HttpResponse response, const retrieve::WantedFile& file, const std::string& name,
                  std::string_view tag, const std::string& object) {
  const bool head = call.head.method == "HEAD";
  const RangeRequest range = head ? RangeRequest{} : range_of(call.head.headers, file.size, tag);
  if (range.kind == RangeRequest::Kind::unsatisfiable) return not_satisfiable(call, file.size);
  const bool part = range.kind == RangeRequest::Kind::part;
  auto source = retrieve::open_file(copy_needs(call.service), file,
                                    part ? ByteRange{range.first, range.length} : ByteRange{0, file.size});
  if (!source && source.error().reason == Reason::archived) return in_archive_tier(call, name);
  if (!source) return call.fault(source.error());
  const auto recorded = record_reading(call, object);
  if (!recorded) return call.fault(recorded.error());
  if (part) {
    response.status = 206;
    response.headers.emplace_back("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                       std::to_string(range.first + range.length - 1) + "/" +
                                                       std::to_string(file.size));
  }
  response.length = part ? range.length : file.size;
  response.body = logged_body(std::make_shared<SourceBody>(std::move(*source)), call);
  return response;
}

}  // namespace

HttpResponse get_content(Call& call) {
  const StoredVersion stored = stored_version(call);
  if (stored.refusal) return *stored.refusal;
  const BagId& bag = *stored.bag;
  const VersionRow& row = *stored.row;
  const std::string& name = call.bag_path->content_path;
  const auto found = retrieve::find_file(description_needs(call.service), bag, row, name);
  if (!found) return call.fault(found.error());
  if (!*found) {
    return call.fail(404, "File " + one_line(name) + " not found in " + bag.str() + " " + row.version.str());
  }
  const DescribedFile& file = (*found)->file;
  const auto since = held_since(call, bag, file);
  if (!since) return call.fault(since.error());

  HttpResponse response;
  const std::string tag = entity_tag((*found)->shown.hex());
  const Digest& sha256 = *file.checksum(Algorithm::sha256);
  response.headers.emplace_back("ETag", tag);
  if (*since) response.headers.emplace_back("Last-Modified", format_http_date(**since));
  if (none_match_names(call.head.headers, tag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", "application/octet-stream");
  response.headers.emplace_back("Content-Disposition", attachment(name.substr(name.rfind('/') + 1)));
  response.headers.emplace_back("Accept-Ranges", "bytes");
  response.headers.emplace_back("Repr-Digest", "sha-256=:" + to_base64(sha256.bytes()) + ":");
  const retrieve::WantedFile wanted{layout::bag_prefix(bag) + file.path, file.size, sha256,
                                    row.registration->location_uuids};
  return give(call, std::move(response), wanted, name, tag, bag.str() + " " + row.version.str() + " " + one_line(name));
}

HttpResponse get_archive(Call& call) {
  const StoredVersion stored = stored_version(call);
  if (stored.refusal) return *stored.refusal;
  const BagId& bag = *stored.bag;
  const VersionRow& row = *stored.row;
  HttpResponse response;
  const std::string tag = entity_tag(bag.str() + "/" + row.version.str() + "/archive");
  response.headers.emplace_back("ETag", tag);
  if (none_match_names(call.head.headers, tag)) {
    response.status = 304;
    return response;
  }
  auto opened = retrieve::BagExport::open({description_needs(call.service), copy_needs(call.service)}, bag, row);
  if (!opened) return call.fault(opened.error());
  const auto recorded = record_reading(call, bag.str() + " " + row.version.str());
  if (!recorded) return call.fault(recorded.error());
  response.headers.emplace_back("Content-Type", "application/gzip");
  response.headers.emplace_back(
      "Content-Disposition",
      attachment(retrieve::export_name(bag.external_identifier.str(), row.version.str()) + ".tar.gz"));
  response.headers.emplace_back("Last-Modified", format_http_date(row.registration->created));
  response.body = logged_body(std::make_shared<ExportBody>(std::move(*opened)), call);
  return response;
}

}  // namespace strongroom::api
