// `GET /bags/{space}/{externalIdentifier}/versions` (http-api.md 5.3): newest first, from the catalogue alone.
#include <algorithm>

#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/documents.hpp"

namespace strongroom::api {
namespace {

/// `v` and digits, as callers may write it: any number is fine here, stored or not.
bool is_version_text(std::string_view text) {
  return text.size() > 1 && text.front() == 'v' && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

/// What the query asks for, or the lines of its 400.
struct PageQuery {
  explicit PageQuery(const Query& query) : limit(query.limit(faults)) {
    before_text = query.find("before").value_or("");
    if (before_text.empty()) return;
    if (!is_version_text(before_text)) {
      faults.push_back("Cannot parse version string: " + one_line(before_text));
      return;
    }
    std::string_view digits = std::string_view(before_text).substr(1);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    below_all = digits.empty();
    // A number beyond all versions leaves nothing out.
    before = Version::parse("v" + std::string(digits));
  }

  std::vector<std::string> faults;
  std::size_t limit;
  std::string before_text;
  std::optional<Version> before;
  bool below_all = false;  ///< `v0`
};

void write_version(JsonWriter& writer, const std::string& bag, const std::string& url, const ListedVersion& listed,
                   bool latest) {
  writer.begin_object().member("type", "Bag").member("id", bag).member("version", listed.version.str());
  writer.member("createdDate", format_instant(listed.created)).member("url", url + "?version=" + listed.version.str());
  if (latest) writer.member("latest", true);
  writer.end_object();
}

}  // namespace

HttpResponse list_versions(Call& call) {
  const PageQuery query(call.query);
  if (!query.faults.empty()) return call.fail(400, join(query.faults, "\n"));
  const auto bag = call.bag_path->bag();
  const std::string none = "No storage manifest versions found for ";
  if (!bag) return call.fail(404, none + call.bag_path->raw());
  // One more than is shown tells whether there is a next page.
  const std::size_t wanted = query.below_all ? 0 : query.limit + 1;
  auto page = call.service.needs.desk.list_versions(*bag, query.before, wanted);
  if (!page) return call.fault(page.error());
  if (!page->latest) return call.fail(404, none + bag->str());
  if (page->versions.empty()) return call.fail(404, none + bag->str() + " before " + query.before_text);

  const std::string url = call.service.config.public_base_url + bag_resource(*bag);
  const bool more = page->versions.size() > query.limit;
  if (more) page->versions.pop_back();
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", call.service.context_url).member("type", "ResultList");
  writer.key("results").begin_array();
  for (const ListedVersion& listed : page->versions) {
    write_version(writer, bag->str(), url, listed, listed.version == page->latest);
  }
  writer.end_array();
  if (more) {
    writer.member("next", url + "/versions?before=" + page->versions.back().version.str() +
                              "&limit=" + std::to_string(query.limit));
  }
  writer.end_object();
  return json_response(200, std::move(text));
}

}  // namespace strongroom::api
