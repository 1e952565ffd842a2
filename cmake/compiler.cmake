# Warnings are errors, ccache and mold are used where they are installed, sanitizers come from the preset.
find_program(CCACHE ccache)
if(CCACHE)
  # It takes precompiled headers for what they were made of only when it is told that no macro changes their meaning.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(sr_flags INTERFACE)
target_compile_options(sr_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overlapping copies in std::string::insert that are not there (GCC bug 105651).
  target_compile_options(sr_flags INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # The standard library of g++ 12 calls what it has deprecated itself (std::stable_sort).
  target_compile_options(sr_flags INTERFACE -Wthread-safety -Wno-deprecated-declarations
                         "SHELL:-Xclang -fno-pch-timestamp")
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
# Addresses of functions are settled at start and cannot be overwritten afterwards.
add_link_options(LINKER:-z,relro,-z,now)

set(STRONGROOM_SANITIZE "" CACHE STRING "address,undefined or thread")
if(STRONGROOM_SANITIZE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The instrumentation hides initialisations from g++ 12.
    target_compile_options(sr_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  add_compile_options(-fsanitize=${STRONGROOM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${STRONGROOM_SANITIZE})
endif()

option(STRONGROOM_COVERAGE "count the lines that tests reach" OFF)
if(STRONGROOM_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

# Fuzz targets watch which branches their inputs reach; the driver with main() is linked to the targets only.
option(STRONGROOM_FUZZ "build the targets of tests/fuzz, with clang" OFF)
if(STRONGROOM_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
