#!/bin/bash
# Installs a Hearsight package in a fresh Debian, uses it there and removes it: `cargo xtask package check DEB` calls
# this. It takes root, a network and debootstrap, leaves nothing behind, and says what failed.
set -euo pipefail
deb=$1
suite=${2:-bookworm}

root=$(mktemp --directory)
chmod 755 "$root"
trap 'umount --recursive --lazy "$root/proc" "$root/dev" 2>/dev/null || true; rm --recursive --force --one-file-system "$root"' EXIT

say() { echo "  ....  $*"; }
fail() { echo "  FAILED: $*" >&2; exit 1; }
inside() { chroot "$root" env -i HOME=/root/try PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
  DEBIAN_FRONTEND=noninteractive "$@"; }

say "debootstrap $suite"
debootstrap --variant=minbase "$suite" "$root" >"$root.log" 2>&1 || { tail "$root.log"; fail debootstrap; }
rm --force "$root.log"
# Whatever apt needs here to reach its archive, it needs there too.
cp --recursive /etc/apt/apt.conf.d "$root/etc/apt/"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mkdir --parents "$root/root/try"
files() { find "$root" -xdev \( -path "$root/proc" -o -path "$root/dev" -o -path "$root/tmp" \) -prune -o \
  -iname '*hearsight*' -print; }

say "apt-get install, without what it only recommends"
cp "$deb" "$root/tmp/hearsight.deb"
inside apt-get -qq update
inside apt-get -qq install --yes --no-install-recommends /tmp/hearsight.deb >"$root/tmp/log" 2>&1 || { tail "$root/tmp/log"; fail "the installation"; }

say "every file is as the package has it"
inside dpkg --verify hearsight | grep . && fail "dpkg --verify"

say "hearsight doctor"
inside hearsight doctor || fail "hearsight doctor says that no photo can be described"

say "hearsight describe, with no ONNX Runtime and no model but the package's"
sentence=$(inside hearsight describe /usr/share/doc/hearsight/examples/cat.jpg)
[ -n "$sentence" ] || fail "no sentence"
echo "        $sentence"
inside hearsight describe --json /usr/share/doc/hearsight/examples/cat.jpg | grep --quiet '"device":"cpu' ||
  fail "no line of JSON"

say "the window, on a screen of its own"
inside apt-get -qq install --yes --no-install-recommends xvfb xdotool openbox imagemagick dbus x11-utils >"$root/tmp/log" 2>&1 ||
  { tail "$root/tmp/log"; fail "the installation of a screen"; }
cat >"$root/root/try/window" <<'WINDOW'
set -eu
trap 'kill $program $manager $screen 2>/dev/null || true' EXIT
program= manager=
Xvfb :77 -screen 0 1100x860x24 -nolisten tcp 2>/dev/null & screen=$!
export DISPLAY=:77
sleep 2
openbox 2>/dev/null & manager=$!
# As on a desktop, where it is there before any program: of a window that asks to be shown while it starts it may not hear.
timeout 60 sh -c 'until xprop -root _NET_SUPPORTING_WM_CHECK | grep --quiet "#"; do sleep 0.1; done'
hearsight /usr/share/doc/hearsight/examples/cat.jpg & program=$!
window=$(timeout 60 xdotool search --sync --onlyvisible --name '^Hearsight$' | head -n 1)
# Without a window `import` would wait for a click.
[ -n "$window" ]
sleep 10
import -window "$window" /tmp/window.png
# A window that shows something has many colours.
colours=$(identify -format %k /tmp/window.png)
echo "        $colours colours"
[ "$colours" -gt 500 ]
timeout 20 xdotool windowfocus --sync "$window" key --clearmodifiers alt+F4
wait $program
program=
WINDOW
inside dbus-run-session -- sh /root/try/window || fail "the window"

say "apt-get purge"
inside apt-get -qq purge --yes hearsight >"$root/tmp/log" 2>&1 || { tail "$root/tmp/log"; fail "the removal"; }
# What the person has is the person's: settings, recent descriptions and what was kept to start faster.
rm --recursive "$root/root/try"
left=$(files)
[ -z "$left" ] || fail "this is left: $left"
say "all of it works, and nothing is left"
