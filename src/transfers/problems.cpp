#include "transfers/problems.hpp"

#include "base/text.hpp"

namespace strongroom::transfers::problem {

std::string area(const std::string& name) { return "area " + name; }

std::string sweep(const std::string& name) { return "sweep of " + name; }

std::string queue(const std::string& name) { return "queue of " + name; }

std::string location(const std::string& area_name, const std::string& folder) {
  return "location of " + area_name + "/" + folder;
}

std::string no_location(const std::string& area_name, const std::string& folder) {
  return "Archivematica has no enabled transfer source for " + folder + " of the area " + area_name +
         ": make one in its Storage Service, then retry the packages";
}

std::string configuration(const std::string& name) { return "processing configuration " + name; }

std::string no_configuration(const std::string& name, const std::vector<std::string>& names) {
  return "Archivematica has no processing configuration of the name " + name +
         "; it has: " + (names.empty() ? std::string("none") : one_line(join(names, ", ")));
}

}  // namespace strongroom::transfers::problem
