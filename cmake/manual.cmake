# What the program writes about itself: man pages in man/, completions in completion/, made again when it changes.
set(completion ${CMAKE_BINARY_DIR}/completion)
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/manual.stamp
  COMMAND strongroom man ${CMAKE_BINARY_DIR}/man
  COMMAND ${CMAKE_COMMAND} -E make_directory ${completion}
  COMMAND sh -c "$0 completion bash >$1/strongroom.bash" $<TARGET_FILE:strongroom> ${completion}
  COMMAND sh -c "$0 completion zsh >$1/strongroom.zsh" $<TARGET_FILE:strongroom> ${completion}
  COMMAND sh -c "$0 completion fish >$1/strongroom.fish" $<TARGET_FILE:strongroom> ${completion}
  COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/manual.stamp
  DEPENDS strongroom
  COMMENT "Writing man pages and completions"
  VERBATIM)
# Not part of ALL: a build for a sanitizer, or for a machine that cannot run it, needs none.
add_custom_target(manual DEPENDS ${CMAKE_BINARY_DIR}/manual.stamp)
