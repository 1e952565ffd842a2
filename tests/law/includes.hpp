// The dependency law: who may include whom (DESIGN 3, CORRECTNESS 6). The tables in includes.cpp are its only text.
//
// A pure function of one file's path and text; one thread.
#pragma once

#include "law/source_tree.hpp"

namespace strongroom::law {

/// Offences of one file of src/ against the tables; other files have none.
[[nodiscard]] Offences check_includes(const SourceFile& file);

}  // namespace strongroom::law
