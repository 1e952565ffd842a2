// `PUT /uploads/{area}/{path...}` (CORRECTNESS 5.1): bytes go to the upload area as they arrive.
#include <algorithm>

#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/documents.hpp"

namespace strongroom::api {
namespace {

HttpResponse refused(const Call& call, const SourceLocation& where, const Error& error) {
  if (error.reason == Reason::already_exists) {
    return call.fail(409, "The upload " + where.bucket + "/" + where.path + " already exists");
  }
  if (error.reason == Reason::no_container) {
    return call.fail(404, "Upload area " + where.bucket + " not found");
  }
  return call.fault(error);
}

std::string upload_document(const Call& call, const SourceLocation& where, const UploadReceipt& receipt) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", call.service.context_url).member("type", "Upload");
  // Fit to be used as `sourceLocation` of a POST /ingests as it stands.
  writer.key("sourceLocation");
  write_source_location(writer, where);
  writer.member("bucket", where.bucket).member("path", where.path).member("size", receipt.size);
  writer.member("checksumAlgorithm", name_of(receipt.sha256.algorithm())).member("checksum", receipt.sha256.hex());
  writer.end_object();
  return text;
}

class UploadTaker final : public BodyTaker {
 public:
  UploadTaker(Call& call, SourceLocation where, std::unique_ptr<Upload> upload)
      : call_(call), where_(std::move(where)), upload_(std::move(upload)) {}

  std::optional<HttpResponse> take(ByteView bytes) override {
    const auto written = upload_->write(bytes);
    if (written) return std::nullopt;
    upload_.reset();
    return refused(call_, where_, written.error());
  }

  HttpResponse finish() override {
    const auto receipt = upload_->commit();
    if (!receipt) return refused(call_, where_, receipt.error());
    const ApiNeeds& needs = call_.service.needs;
    // What is not in the ledger is never removed: a failure here costs room, not content.
    if (const auto entered = needs.desk.enter_upload({where_.bucket, where_.path}, needs.clock.now()); !entered) {
      needs.log.write(LogLevel::warning, "upload.not_entered",
                      {{"requestId", call_.request_id.str()}, {"error", entered.error().text()}});
    }
    return json_response(201, upload_document(call_, where_, *receipt));
  }

 private:
  Call& call_;
  const SourceLocation where_;
  std::unique_ptr<Upload> upload_;
};

}  // namespace

std::variant<std::unique_ptr<BodyTaker>, HttpResponse> put_upload(Call& call) {
  if (auto refusal = call.query_refusal()) return std::move(*refusal);
  auto path = percent_decode(call.capture("path"), false);
  const auto area_text = percent_decode(call.capture("area"), false);
  if (!path || !is_utf8(*path) || !area_text) return call.fail(404, kUnknownRoute);
  const auto area = LocationName::parse(*area_text);
  const auto& areas = call.service.config.upload_areas;
  if (!area || std::find(areas.begin(), areas.end(), *area) == areas.end()) {
    return call.fail(404, "Upload area " + std::string(call.capture("area")) + " not found");
  }
  if (const std::string fault = source_path_fault(Provider::filesystem, *path); !fault.empty()) {
    return call.fail(400, "Invalid upload path: " + fault);
  }
  if (!call.head.content_length && !find_header(call.head.headers, "Transfer-Encoding")) {
    return call.fail(411, "An upload needs a Content-Length or a chunked body");
  }
  SourceLocation where{Provider::filesystem, area->str(), std::move(*path)};
  auto upload = call.service.needs.uploads.begin(where.bucket, where.path);
  if (!upload) return refused(call, where, upload.error());
  return std::unique_ptr<BodyTaker>(std::make_unique<UploadTaker>(call, std::move(where), std::move(*upload)));
}

}  // namespace strongroom::api
