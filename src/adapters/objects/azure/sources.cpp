#include "adapters/objects/azure/sources.hpp"

#include "adapters/objects/remote/remote_package.hpp"
#include "base/text.hpp"

namespace strongroom::azure {
namespace {

class AzurePackage final : public remote::RemotePackage {
 public:
  AzurePackage(std::unique_ptr<Container> container, std::string key, SourceIdentity identity, const std::string& shown)
      : RemotePackage(std::move(identity), shown, container->attempts()),
        container_(std::move(container)),
        key_(std::move(key)) {}

 private:
  Result<std::unique_ptr<WebDownload>> download(std::uint64_t first, std::uint64_t last) override {
    Call call{"GET", key_};
    call.headers = {{"Range", "bytes=" + std::to_string(first) + "-" + std::to_string(last)},
                    {"If-Match", identity().tag}};
    return container_->download(call);
  }
  Result<std::string> tag_now() override {
    TRY(const WebAnswer answer, container_->carry_out({"HEAD", key_}));
    return answer.header("ETag");
  }

  std::unique_ptr<Container> container_;
  const std::string key_;
};

}  // namespace

Result<std::unique_ptr<PackageSource>> AzureSources::open(const SourceLocation& location) {
  ContainerAddress address = address_;
  address.container = location.bucket;
  auto container = std::make_unique<Container>(std::move(address), needs_);
  const Result<WebAnswer> head = container->carry_out({"HEAD", location.path});
  if (!head) return remote::for_depositor(head.error(), location.text());
  const auto size = parse_number(head->header("Content-Length"));
  const std::string tag = head->header("ETag");
  if (!size || tag.empty()) return temporary("Azure's answer has no size or no tag", location.text());
  return std::unique_ptr<PackageSource>(
      std::make_unique<AzurePackage>(std::move(container), location.path, SourceIdentity{tag, *size}, location.text()));
}

}  // namespace strongroom::azure
