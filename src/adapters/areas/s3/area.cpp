#include "adapters/areas/s3/area.hpp"

#include <algorithm>

#include "adapters/areas/s3/ranges.hpp"
#include "adapters/objects/s3/object_list.hpp"
#include "base/digest.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"

namespace strongroom::areas {
namespace {

using s3::Call;

/// On a copy: what it is a copy of, so that it is known again when the answer was lost. ETags of copies do not tell.
constexpr const char* kCopyOf = "x-amz-meta-strongroom-copy-of";

Error not_a_key(const std::string& key) { return broken("not a key of an object", key, Reason::unsupported); }

Error taken(const std::string& key) {
  return rejected("something else has this key already", key, Reason::already_exists);
}

Instant whole_seconds(Instant instant) { return std::chrono::floor<std::chrono::seconds>(instant); }

/// Where versions are kept, only they count. Time does not: some stores give an object a new one with its tags.
bool has_same_bytes(const AreaObject& known, const AreaObject& now) {
  if (known.version_id) return known.version_id == now.version_id;
  return known.etag == now.etag && known.size == now.size;
}

/// And is no second upload of the same bytes either.
bool is_same(const AreaObject& known, const AreaObject& now) {
  return has_same_bytes(known, now) &&
         (known.version_id || whole_seconds(known.modified) == whole_seconds(now.modified));
}

std::string copy_mark(const AreaObject& object) {
  return digest_of(Algorithm::sha256, object.key + "\n" + object.version_id.value_or("") + "\n" + object.etag).hex();
}

AreaTags sorted(AreaTags tags) {
  std::sort(tags.begin(), tags.end());
  return tags;
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '\r') {
      out += "&#13;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string tagging_text(const AreaTags& tags) {
  std::string text = "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet>";
  for (const auto& [key, value] : tags) {
    text += "<Tag><Key>" + xml_text(key) + "</Key><Value>" + xml_text(value) + "</Value></Tag>";
  }
  return text + "</TagSet></Tagging>";
}

std::string tagging_header(const AreaTags& tags) {
  std::string text;
  for (const auto& [key, value] : tags) {
    if (!text.empty()) text += '&';
    text += percent_encode(key, "") + "=" + percent_encode(value, "");
  }
  return text;
}

Call on_version(std::string method, const std::string& key, const std::optional<std::string>& version_id) {
  Call call{std::move(method), key};
  if (version_id) call.query.emplace_back("versionId", *version_id);
  return call;
}

std::string unquoted(std::string etag) {
  std::erase(etag, '"');
  return etag;
}

std::optional<std::string> version_in(const WebAnswer& answer) {
  const std::string id = answer.header("x-amz-version-id");
  return id.empty() || id == "null" ? std::nullopt : std::optional(id);
}

}  // namespace

struct S3Area::Head {
  AreaObject object;
  std::string copy_of;
};

Result<std::vector<AreaObject>> S3Area::list(const std::string& after, std::size_t limit) {
  std::vector<AreaObject> page;
  std::optional<std::string> strange;
  const Result<void> listed = s3::list_objects(*bucket_, "", "", after, limit, [&](const s3::ListedObject& one) {
    if (one.etag.empty() || !one.modified) strange = one.key;
    page.push_back({one.key, std::nullopt, one.etag, one.size, whole_seconds(one.modified.value_or(Instant()))});
  });
  if (!listed) return area_error(listed.error(), "");
  if (strange) return temporary("S3's list of objects tells no tag or no time", *strange, Reason::corrupt);
  return page;
}

Result<std::optional<S3Area::Head>> S3Area::head(const std::string& key, const std::optional<std::string>& version_id) {
  if (key.empty()) return std::optional<Head>();
  const Result<WebAnswer> answer = bucket_->carry_out(on_version("HEAD", key, version_id));
  if (!answer && answer.error().reason == Reason::not_found) {
    // A HEAD tells a missing bucket from a missing object by nothing: the bucket is asked for.
    const auto listed = bucket_->carry_out({"GET", "", {{"list-type", "2"}, {"max-keys", "1"}}});
    if (!listed && listed.error().reason == Reason::no_container) return area_error(listed.error(), key);
    return std::optional<Head>();
  }
  if (!answer) {
    Error error = area_error(answer.error(), key);
    if (error.reason == Reason::forbidden) {
      error.what += " (without the permission to list the bucket, this may mean that there is no such object)";
    }
    return error;
  }
  const auto size = parse_number(answer->header("Content-Length"));
  const auto modified = parse_http_date(answer->header("Last-Modified"));
  std::string etag = unquoted(answer->header("ETag"));
  if (!size || !modified || etag.empty()) return temporary("S3's answer has no size, no time or no tag", key);
  return std::optional<Head>(
      Head{{key, version_in(*answer), std::move(etag), *size, whole_seconds(*modified)}, answer->header(kCopyOf)});
}

Result<std::optional<AreaObject>> S3Area::stat(const std::string& key, const std::optional<std::string>& version_id) {
  TRY(const std::optional<Head> found, head(key, version_id));
  return found ? std::optional(found->object) : std::optional<AreaObject>();
}

Result<AreaObject> S3Area::require(const AreaObject& object) {
  TRY(std::optional<AreaObject> now, stat(object.key, object.version_id));
  if (!now) return object_gone(object.key);
  if (!has_same_bytes(object, *now)) return object_replaced(object.key);
  return std::move(*now);
}

Result<std::unique_ptr<RandomAccess>> S3Area::open(const AreaObject& object) {
  if (object.key.empty()) return not_a_key(object.key);
  return std::unique_ptr<RandomAccess>(std::make_unique<S3Ranges>(*bucket_, object));
}

// ---- what is written ------------------------------------------------------------------------------------------------

Result<AreaObject> S3Area::written(const std::string& key, std::uint64_t size, const WebAnswer& answer) {
  AreaObject object{key, version_in(answer), unquoted(answer.header("ETag")), size, {}};
  // When it was written, only a HEAD tells.
  TRY(std::optional<AreaObject> found, stat(key, object.version_id));
  if (found && found->etag == object.etag) return std::move(*found);
  object.modified = whole_seconds(parse_http_date(answer.header("Date")).value_or(Instant()));
  return object;
}

Result<WebAnswer> S3Area::write_log(const std::string& key, const std::string& text, const AreaTags& tags,
                                    bool with_acl) {
  Call call{"PUT", key, {}, {{"Content-Type", "text/plain; charset=utf-8"}}, text};
  if (with_acl) call.headers.emplace_back("x-amz-acl", "bucket-owner-full-control");
  if (!tags.empty()) call.headers.emplace_back("x-amz-tagging", tagging_header(tags));
  return bucket_->carry_out(call);
}

Result<AreaObject> S3Area::put_log(const std::string& key, const std::string& text, const AreaTags& tags) {
  if (key.empty()) return not_a_key(key);
  const bool with_acl = !refuses_acl_;
  Result<WebAnswer> answer = write_log(key, text, tags, with_acl);
  if (!answer && with_acl && answer.error().reason == Reason::unsupported) {
    answer = write_log(key, text, tags, false);
    // Whoever owns such a bucket owns all that is in it.
    if (answer && !refuses_acl_.exchange(true)) {
      log_.write(LogLevel::info, "area.acl_refused", {{"bucket", bucket_->name()}});
    }
  }
  if (!answer) return area_error(std::move(answer).error(), key);
  return written(key, text.size(), *answer);
}

Result<AreaObject> S3Area::put_package(const std::string& key, const std::string& bytes) {
  if (key.empty()) return not_a_key(key);
  Result<WebAnswer> answer = bucket_->carry_out({"PUT", key, {}, {{"Content-Type", "application/zip"}}, bytes});
  if (!answer) return area_error(std::move(answer).error(), key);
  return written(key, bytes.size(), *answer);
}

// ---- tags -----------------------------------------------------------------------------------------------------------

Result<AreaTags> S3Area::read_tags(const std::string& key, const std::optional<std::string>& version_id) {
  Call call = on_version("GET", key, version_id);
  call.query.emplace_back("tagging", "");
  TRY(const cloud::XmlElement answer, bucket_->ask(call));
  AreaTags tags;
  if (const cloud::XmlElement* set = answer.child("TagSet")) {
    for (const cloud::XmlElement& tag : set->children) tags.emplace_back(tag.text_of("Key"), tag.text_of("Value"));
  }
  return tags;
}

Result<void> S3Area::write_tags(const std::string& key, const std::optional<std::string>& version_id,
                                const AreaTags& tags) {
  Call call = on_version("PUT", key, version_id);
  call.query.emplace_back("tagging", "");
  call.body = tagging_text(tags);
  call.headers.emplace_back("Content-MD5", to_base64(digest_of(Algorithm::md5, call.body).bytes()));
  const auto answer = bucket_->carry_out(call);
  return answer ? ok() : area_error(answer.error(), key);
}

Result<AreaTags> S3Area::tags(const AreaObject& object) {
  if (object.key.empty()) return not_a_key(object.key);
  Result<AreaTags> found = read_tags(object.key, object.version_id);
  // Some servers answer 404 when there is no tag; and without a version, these may be another object's.
  if (!found && found.error().reason != Reason::not_found) return area_error(std::move(found).error(), object.key);
  if (found && object.version_id) return found;
  TRY_VOID(require(object));
  return found ? std::move(found) : Result<AreaTags>(AreaTags());
}

Result<void> S3Area::take_back(const std::string& key, const AreaTags& tags) {
  const Result<AreaTags> now = read_tags(key, std::nullopt);
  if (!now) return now.error().reason == Reason::not_found ? ok() : area_error(now.error(), key);
  return tags.empty() || sorted(*now) != sorted(tags) ? ok() : write_tags(key, std::nullopt, {});
}

Result<AreaObject> S3Area::set_tags(const AreaObject& object, const AreaTags& tags) {
  if (object.key.empty()) return not_a_key(object.key);
  // The second look finds what came in between; so does the first, when an earlier call ended before its second.
  for (const bool is_written : {false, true}) {
    Result<AreaObject> now = require(object);
    if (!now && now.error().reason == Reason::conflict) TRY_VOID(take_back(object.key, tags));
    if (!now || is_written) return now;
    TRY_VOID(write_tags(object.key, now->version_id, tags));
  }
  return object_replaced(object.key);
}

// ---- copies ---------------------------------------------------------------------------------------------------------

Result<void> S3Area::send_copy(const AreaObject& object, s3::CopyTarget target) {
  const s3::CopySource source{object.key, object.version_id.value_or(""), quoted(object.etag), object.size};
  target.headers.emplace_back(kCopyOf, copy_mark(object));
  target.headers.emplace_back("Content-Type", "application/zip");
  if (object.size > options_.copy_size) return s3::copy_in_parts(*bucket_, source, target, options_.copy_size);
  target.headers.emplace_back("x-amz-metadata-directive", "REPLACE");
  target.headers.emplace_back("x-amz-tagging-directive", "REPLACE");
  const auto copied = s3::copy_in_one(*bucket_, source, target);
  return copied ? ok() : copied.error();
}

Result<AreaObject> S3Area::settle_copy(const AreaObject& object, AreaObject copy) {
  if (object.version_id) return copy;
  const Result<AreaObject> source = require(object);
  if (source) return copy;
  if (source.error().act == Act::rejected) TRY_VOID(erase(copy, false));
  return source.error();
}

Result<AreaObject> S3Area::copy(const AreaObject& object, const std::string& key,
                                const std::optional<AreaObject>& over) {
  if (key.empty() || object.key.empty()) return not_a_key(key);
  const auto look = [&]() -> Result<std::optional<Head>> {
    TRY(std::optional<Head> there, head(key, std::nullopt));
    const bool is_ours = there && there->copy_of == copy_mark(object);
    if (there && !is_ours && (!over || !has_same_bytes(*over, there->object))) return taken(key);
    return there;
  };
  for (const bool conditional : {true, false}) {
    TRY(std::optional<Head> there, look());
    if (there && there->copy_of == copy_mark(object)) return settle_copy(object, std::move(there->object));
    // Some stores know no condition on the source.
    TRY_VOID(require(object));
    s3::CopyTarget target{key};
    if (conditional && there) target.conditions = {{"If-Match", quoted(there->object.etag)}};
    if (conditional && !there) target.conditions = {{"If-None-Match", "*"}};
    const Result<void> sent = send_copy(object, target);
    const Reason reason = sent ? Reason::other : sent.error().reason;
    const bool is_unclear = reason == Reason::conflict || reason == Reason::not_found || reason == Reason::unsupported;
    if (!sent && !is_unclear) return area_error(sent.error(), key);
    TRY(there, look());
    if (there && there->copy_of == copy_mark(object)) return settle_copy(object, std::move(there->object));
    // Nothing at the target is in the way: it is the source, or the store misunderstands the condition.
    TRY_VOID(require(object));
  }
  return temporary("the object cannot be copied: S3 denies a condition that holds", key);
}

// ---- removal --------------------------------------------------------------------------------------------------------

/// Whatever the store keeps of it: nothing, or a version below a delete marker.
Result<void> S3Area::remove_current(const AreaObject& object) {
  Call call{"DELETE", object.key};
  call.headers.emplace_back("If-Match", quoted(object.etag));
  const auto answer = bucket_->carry_out(call);
  if (answer || answer.error().reason == Reason::not_found) return {};
  return area_error(answer.error(), object.key);
}

Result<void> S3Area::erase(const AreaObject& object, bool marker) {
  if (object.key.empty()) return not_a_key(object.key);
  std::optional<std::string> version = object.version_id;
  if (!version || marker) {
    TRY(const std::optional<AreaObject> now, stat(object.key));
    if (!now) return {};
    if (!is_same(object, *now)) return object_replaced(object.key);
    version = now->version_id;
  }
  if (!version || marker) return remove_current(object);
  const auto answer = bucket_->carry_out(on_version("DELETE", object.key, version));
  if (answer || answer.error().reason == Reason::not_found) return {};
  return area_error(answer.error(), object.key);
}

// ---- what the bucket can do -----------------------------------------------------------------------------------------

Result<bool> S3Area::keeps_versions() {
  const auto answer = bucket_->ask({"GET", "", {{"versioning", ""}}});
  if (!answer) return area_error(answer.error(), "");
  return answer->text_of("Status") == "Enabled";
}

Result<bool> S3Area::keeps_conditions(const std::string& probe_key) {
  TRY(const AreaObject probe, put_log(probe_key, "strongroom\n", {}));
  AreaObject other = probe;
  other.etag = std::string(32, '0');
  const Result<void> removed = remove_current(other);
  // With versions, a marker that should not be there lies on top now.
  if (removed && probe.version_id) {
    TRY(const cloud::XmlElement listed, bucket_->ask({"GET", "", {{"versions", ""}, {"prefix", probe_key}}}));
    for (const cloud::XmlElement& entry : listed.children) {
      if (entry.name != "DeleteMarker" || entry.text_of("Key") != probe_key) continue;
      TRY_VOID(bucket_->carry_out(on_version("DELETE", probe_key, entry.text_of("VersionId"))));
    }
  }
  TRY_VOID(erase(probe, false));
  if (removed || removed.error().reason == Reason::conflict) return !removed;
  if (removed.error().reason == Reason::unsupported) return false;
  return removed.error();
}

}  // namespace strongroom::areas
