# What nearly every file includes is compiled once for all of them: headers of the standard library, and those of
# GoogleTest for tests. None of the project's own are among them: they change. For clang's presets alone: g++ 12 forgets
# that these are headers of the system and warns of them; and where nothing is precompiled a file that lacks an include of
# its own shows.
option(STRONGROOM_PRECOMPILED "compile standard headers once" OFF)

set(STRONGROOM_STANDARD_HEADERS
    <algorithm> <array> <atomic> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <set> <span> <string>
    <string_view> <tuple> <utility> <variant> <vector>)

# A library of nothing but precompiled headers.
function(strongroom_precompiled name)
  cmake_parse_arguments(PCH "" "" "HEADERS;LIBRARIES" ${ARGN})
  set(empty ${CMAKE_BINARY_DIR}/${name}.cpp)
  if(NOT EXISTS ${empty})
    file(WRITE ${empty} "")
  endif()
  add_library(${name} STATIC ${empty})
  target_link_libraries(${name} PRIVATE sr_flags ${PCH_LIBRARIES})
  target_precompile_headers(${name} PRIVATE ${PCH_HEADERS})
endfunction()

if(STRONGROOM_PRECOMPILED)
  strongroom_precompiled(sr_precompiled HEADERS ${STRONGROOM_STANDARD_HEADERS})
endif()
