# Where everything goes on a machine (`cmake --install`); tools/package.sh makes a Debian package of it.
include(GNUInstallDirs)

install(TARGETS strongroom RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
file(GLOB units CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/deploy/systemd/*.service ${CMAKE_SOURCE_DIR}/deploy/systemd/*.timer)
install(FILES ${units} DESTINATION /lib/systemd/system)
install(FILES ${CMAKE_SOURCE_DIR}/deploy/strongroom.toml DESTINATION /etc/strongroom)

file(GLOB guides CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/*.md)
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${guides} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${CMAKE_SOURCE_DIR}/docs/openapi.json DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/formats ${CMAKE_SOURCE_DIR}/docs/search-index
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/deploy/nginx ${CMAKE_SOURCE_DIR}/deploy/aws ${CMAKE_SOURCE_DIR}/deploy/azure
                  ${CMAKE_SOURCE_DIR}/deploy/terraform
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

# Made by the program itself (cmake/manual.cmake). Without them the rest is installed all the same.
set(manuals ${CMAKE_BINARY_DIR}/man)
set(completion ${CMAKE_BINARY_DIR}/completion)
install(DIRECTORY ${manuals}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL FILES_MATCHING PATTERN "*.1")
install(FILES ${completion}/strongroom.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME strongroom OPTIONAL)
install(FILES ${completion}/strongroom.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
        RENAME _strongroom OPTIONAL)
install(FILES ${completion}/strongroom.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d OPTIONAL)
