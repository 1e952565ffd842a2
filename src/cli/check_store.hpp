// `strongroom check store`: does a storage location, at a provider or in a directory, keep what it is given?
//
// Runs the contract of ports/object_store.hpp on the operator's own storage, below keys of its own.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

Command check_store_command();

}  // namespace strongroom::cli
