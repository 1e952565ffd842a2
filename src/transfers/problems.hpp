// The problems of operators' that more than one part of the companions can meet, each with its one name and what is
// said of it (transfers.md 16.3).
//
// Who meets a problem raises it under this name, with this text where there is one, so that it is told once, and ended
// by whoever finds it gone. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

namespace strongroom::transfers::problem {

inline constexpr const char* kDashboard = "dashboard";
inline constexpr const char* kStorageService = "storage service";
inline constexpr const char* kReport = "monitor report";
inline constexpr const char* kNotifications = "notifications";  ///< of new bags, by the listener

/// Of kDashboard, while nothing of Archivematica is configured.
inline constexpr const char* kNotConfigured =
    "Archivematica is not configured: set archivematica.dashboard and archivematica.storageService";

/// Objects of an area cannot be read or written.
[[nodiscard]] std::string area(const std::string& name);
/// An area cannot be listed.
[[nodiscard]] std::string sweep(const std::string& name);
/// The queue of its notifications cannot be read.
[[nodiscard]] std::string queue(const std::string& name);
/// Archivematica has no transfer source for packages below a folder of an area.
[[nodiscard]] std::string location(const std::string& area_name, const std::string& folder);
/// What to say of that.
[[nodiscard]] std::string no_location(const std::string& area_name, const std::string& folder);
/// Archivematica has no processing configuration of that name.
[[nodiscard]] std::string configuration(const std::string& name);
/// What to say of that; `names` are those that it has.
[[nodiscard]] std::string no_configuration(const std::string& name, const std::vector<std::string>& names);

}  // namespace strongroom::transfers::problem
