// `GET /search` (http-api.md 9.3): stored versions by the words of their bag-info and by their files, written as the
// socket takes them.
#include <algorithm>

#include "api/cursor.hpp"
#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/logged_body.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/documents.hpp"

namespace strongroom::api {
namespace {

constexpr std::size_t kMatchesShown = 20;
/// Asked of the index at once.
constexpr std::size_t kResultsAtOnce = 20;
/// Shorter parts of names are in no index.
constexpr std::size_t kNameMin = 3;

/// What the query asks for, or the lines of its 400.
class SearchRequest {
 public:
  explicit SearchRequest(const Call& call) : call_(call) {
    query.words = call.query_text("q");
    if (const std::string space = call.query_text("space"); !space.empty()) query.space = space;
    query.allowed_spaces = call.caller->spaces_of(call.route->scope);
    query.identifier_prefix = call.query_text("identifierPrefix");
    query.from = instant("from");
    query.before = instant("to");
    query.name = call.query_text("name");
    if (!query.name.empty() && count_characters(query.name) < kNameMin) {
      fault("name", query.name, "must have at least 3 characters.");
    }
    query.suffix = to_lower_ascii(call.query_text("suffix"));
    if (query.suffix.starts_with('.')) query.suffix.erase(0, 1);
    read_latest();
    limit = call.query.limit(faults_);
    read_place();
  }

  /// Everything that chooses what the list has, as one text; also what its cursors are bound to.
  [[nodiscard]] std::string list() const {
    std::string text;
    for (const std::string_view name : {"q", "space", "identifierPrefix", "from", "to", "name", "suffix", "latest"}) {
      const std::string value = call_.query_text(name);
      if (!value.empty()) text.append(name).append("=").append(percent_encode(value, "")).append("&");
    }
    return text;
  }
  [[nodiscard]] std::string faults() const { return join(faults_, "\n"); }

  SearchQuery query;
  std::size_t limit = 0;
  std::optional<SearchPlace> place;

 private:
  void fault(std::string_view name, std::string_view value, std::string_view rule) {
    faults_.push_back(Query::fault_line(name, value, rule));
  }
  /// An instant, or a date, which means its beginning.
  std::optional<Instant> instant(std::string_view name) {
    const std::string value = call_.query_text(name);
    if (value.empty()) return std::nullopt;
    const auto parsed = parse_instant(is_date(value) ? value + "T00:00:00Z" : value);
    if (!parsed) fault(name, value, "must be an RFC 3339 instant or a date.");
    return parsed;
  }
  void read_latest() {
    const std::string value = call_.query_text("latest");
    query.latest = value == "true";
    if (!value.empty() && value != "true" && value != "false") fault("latest", value, "must be true or false.");
  }
  void read_place() {
    const std::string value = call_.query_text("cursor");
    if (value.empty()) return;
    const auto text = open_cursor(value, list());
    const auto parts = text ? split(*text, ' ') : std::vector<std::string_view>();
    const auto created = parts.size() == 2 ? parse_number(parts[0]) : std::nullopt;
    const auto entry = parts.size() == 2 ? parse_number(parts[1]) : std::nullopt;
    if (!created || !entry) return fault("cursor", value, "must be a cursor of this list.");
    place = SearchPlace{instant_of(static_cast<std::int64_t>(*created)), static_cast<std::int64_t>(*entry)};
  }

  const Call& call_;
  std::vector<std::string> faults_;
};

void write_result(std::string& out, const SearchResult& result, const std::string& base_url) {
  JsonWriter writer(out);
  writer.begin_object().member("type", "SearchResult").member("id", result.bag.str());
  writer.member("version", result.version.str()).member("createdDate", format_instant(result.created));
  writer.member("url", base_url + bag_resource(result.bag) + "?version=" + result.version.str());
  writer.member("matchCount", result.match_count).key("matches").begin_array();
  for (const FoundFileName& match : result.matches) {
    writer.begin_object().member("type", "File").member("name", match.name).member("path", match.path);
    writer.member("size", match.size).end_object();
  }
  writer.end_array().end_object();
}

class SearchBody final : public HttpBody {
 public:
  SearchBody(const Service& service, SearchRequest request, std::int64_t indexed_to, std::vector<SearchResult> first)
      : service_(service),
        query_(request.query),
        list_(request.list()),
        limit_(request.limit),
        indexed_to_(indexed_to),
        page_(std::move(first)) {}

  Result<Pull> pull(std::string& out, std::size_t /*max*/) override {
    if (ended_) return Pull::end;
    if (!begun_) begin(out);
    const std::size_t shown = std::min(page_.size(), limit_ - given_);
    for (std::size_t i = 0; i < shown; ++i) {
      if (given_++ > 0) out.push_back(',');
      write_result(out, page_[i], service_.config.public_base_url);
      last_ = page_[i].place;
    }
    // One more than is shown tells whether there are others.
    if (shown < page_.size() || page_.size() < kResultsAtOnce) {
      end(out, shown < page_.size());
    } else {
      TRY(page_, service_.needs.search.search(query_, last_, kResultsAtOnce, kMatchesShown));
    }
    return Pull::bytes;
  }

 private:
  void begin(std::string& out) {
    out.append("{\"@context\":");
    append_json_string(out, service_.context_url);
    out.append(R"(,"type":"ResultList","indexedTo":)").append(std::to_string(indexed_to_)).append(",\"results\":[");
    begun_ = true;
  }
  void end(std::string& out, bool more) {
    out.push_back(']');
    if (more) {
      const std::string place = std::to_string(microseconds_of(last_->created)) + " " + std::to_string(last_->entry);
      out.append(",\"next\":");
      append_json_string(out, service_.config.public_base_url + "/search?" + list_ + "limit=" + std::to_string(limit_) +
                                  "&cursor=" + seal_cursor(place, list_));
    }
    out.push_back('}');
    ended_ = true;
  }

  const Service& service_;
  const SearchQuery query_;
  const std::string list_;
  const std::size_t limit_;
  const std::int64_t indexed_to_;
  std::vector<SearchResult> page_;
  std::optional<SearchPlace> last_;
  std::size_t given_ = 0;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace

HttpResponse search(Call& call) {
  const SearchRequest request(call);
  if (const std::string faults = request.faults(); !faults.empty()) return call.fail(400, faults);
  const Service& service = call.service;
  const auto indexed_to = service.needs.search.position();
  if (!indexed_to) return call.fault(indexed_to.error());
  // The first look comes before the status: what cannot be read at all is no answer that breaks off.
  auto first = service.needs.search.search(request.query, request.place, kResultsAtOnce, kMatchesShown);
  if (!first) return call.fault(first.error());
  HttpResponse response;
  response.headers.emplace_back("Content-Type", kJson);
  response.body = logged_body(std::make_shared<SearchBody>(service, request, *indexed_to, std::move(*first)), call);
  return response;
}

}  // namespace strongroom::api
