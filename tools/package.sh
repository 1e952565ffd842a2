#!/usr/bin/env bash
# Makes a Debian package of build/release: build/package/strongroom_VERSION_ARCH.deb. `./dev package` builds first.
# usage: tools/package.sh [--version VERSION]     the version is the project's, with -1 behind it, unless given
#
# Manual pages and shell completion come from the program itself: the target `manual` puts them where the install rules
# look for them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
build=build/release
out=build/package
version=$(sed -n 's/^project(strongroom VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)-1
case ${1:-} in
  '') ;;
  --version) version=${2:?--version needs a version} ;;
  *) printf 'usage: %s [--version VERSION]\n' "$0" >&2; exit 2 ;;
esac
[[ -x $build/strongroom ]] || { printf 'package: %s is not there: ./dev build makes it\n' "$build/strongroom" >&2; exit 2; }
# The same commit gives the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8
umask 022

work=$out/work
tree=$work/tree
doc=$tree/usr/share/doc/strongroom
rm -rf "$work"
mkdir -p "$tree/DEBIAN" "$work/debian"

# ---- what the program says of itself --------------------------------------------------------------------------------

rm -rf "$build/man" "$build/completion" "$build/manual.stamp"
cmake --build "$build" --target manual >/dev/null

# ---- the files ------------------------------------------------------------------------------------------------------

cmake -S . -B "$build" -DCMAKE_INSTALL_PREFIX=/usr -Wno-dev --log-level=WARNING >/dev/null
DESTDIR=$root/$tree cmake --install "$build" >/dev/null
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$tree/usr/bin/strongroom"
sed -E 's#(\.\./)?deploy/(nginx|aws|azure|terraform)(/|\b)#examples/\2\3#g' -i "$doc"/*.md
sed 's#\.\./\.\./docs/#../../#g' -i "$doc"/examples/*/README.md
mv "$doc/CHANGELOG.md" "$doc/changelog"
cp deploy/debian/copyright "$doc/copyright"
install -D -m 644 deploy/debian/lintian-overrides "$tree/usr/share/lintian/overrides/strongroom"
{
  printf 'strongroom (%s) bookworm; urgency=medium\n\n  * See changelog.gz for what has changed.\n\n' "$version"
  printf ' -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' deploy/debian/control)" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} >"$work/debian/changelog"
cp "$work/debian/changelog" "$doc/changelog.Debian"
find "$doc" -maxdepth 1 -name 'changelog*' -exec gzip -9n {} +
find "$tree/usr/share/man" -type f -exec gzip -9n {} + 2>/dev/null || true
find "$tree/usr" -type d -empty -delete

# ---- what dpkg needs to know ----------------------------------------------------------------------------------------

cp deploy/debian/control "$work/debian/control"
cp deploy/debian/conffiles "$tree/DEBIAN/conffiles"
install -m 755 deploy/debian/{postinst,prerm,postrm} "$tree/DEBIAN/"
(cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z |
  xargs -0 md5sum | grep -v '  etc/' >DEBIAN/md5sums)
(
  cd "$work"
  dpkg-shlibdeps -Tdebian/substvars -e tree/usr/bin/strongroom 2> >(grep -v 'should already be installed' >&2)
  dpkg-gencontrol -pstrongroom -Ptree -Tdebian/substvars -fdebian/files
)
find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
package=$out/strongroom_${version}_$(dpkg --print-architecture).deb
dpkg-deb --root-owner-group -Zxz --build "$tree" "$package" >/dev/null
rm -rf "$work"
printf '%s\n' "$package"
