#include "adapters/areas/wrappers/metered.hpp"

#include <utility>

namespace strongroom::areas {

template <class Answer>
Answer MeteredArea::counted(Answer answer) {
  count_call(metrics_, remote_, answer || answer.error().act == Act::rejected);
  return answer;
}

/// Each piece that is read is a call.
class MeteredArea::Reads final : public RandomAccess {
 public:
  Reads(MeteredArea& area, std::unique_ptr<RandomAccess> inner) : area_(area), inner_(std::move(inner)) {}
  [[nodiscard]] std::uint64_t size() const override { return inner_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    return area_.counted(inner_->read_at(offset, into));
  }

 private:
  MeteredArea& area_;
  const std::unique_ptr<RandomAccess> inner_;
};

Result<std::vector<AreaObject>> MeteredArea::list(const std::string& after, std::size_t limit) {
  return counted(inner_.list(after, limit));
}

Result<std::optional<AreaObject>> MeteredArea::stat(const std::string& key,
                                                    const std::optional<std::string>& version_id) {
  return counted(inner_.stat(key, version_id));
}

/// Not a call by itself.
Result<std::unique_ptr<RandomAccess>> MeteredArea::open(const AreaObject& object) {
  TRY(auto opened, inner_.open(object));
  return std::unique_ptr<RandomAccess>(std::make_unique<Reads>(*this, std::move(opened)));
}

Result<AreaObject> MeteredArea::put_log(const std::string& key, const std::string& text, const AreaTags& tags) {
  return counted(inner_.put_log(key, text, tags));
}

Result<AreaObject> MeteredArea::put_package(const std::string& key, const std::string& bytes) {
  return counted(inner_.put_package(key, bytes));
}

Result<AreaTags> MeteredArea::tags(const AreaObject& object) { return counted(inner_.tags(object)); }

Result<AreaObject> MeteredArea::set_tags(const AreaObject& object, const AreaTags& tags) {
  return counted(inner_.set_tags(object, tags));
}

Result<AreaObject> MeteredArea::copy(const AreaObject& object, const std::string& key,
                                     const std::optional<AreaObject>& over) {
  return counted(inner_.copy(object, key, over));
}

Result<void> MeteredArea::erase(const AreaObject& object, bool marker) { return counted(inner_.erase(object, marker)); }

Result<bool> MeteredArea::keeps_versions() { return counted(inner_.keeps_versions()); }

Result<bool> MeteredArea::keeps_conditions(const std::string& probe_key) {
  return counted(inner_.keeps_conditions(probe_key));
}

}  // namespace strongroom::areas
