// Known damage: which files of stored bags a location was found not to hold as they were stored (transfers.md 12.2).
//
// KnownDamage is kept by the adapter that keeps the catalogue: a damage stays known until the same file has been read
// whole and right in the same location. DamageNotes is what those who read stored files tell it by; it never fails
// them. All calls may come from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"
#include "domain/identifiers.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"

namespace strongroom {

/// A file of a stored bag in one location, as it was recorded.
struct FileCopy {
  std::string location_uuid;
  std::string key;  ///< layout::file_key()
  std::uint64_t size = 0;
  Digest sha256;
  friend bool operator==(const FileCopy&, const FileCopy&) = default;
};

struct Damage {
  FileCopy copy;
  std::string what;  ///< is wrong, in words
  Instant found;
  friend bool operator==(const Damage&, const Damage&) = default;
};

class KnownDamage {
 public:
  virtual ~KnownDamage() = default;

  /// False when the file is known to be damaged there already: what was found first stays. Broken for a key that no
  /// file of a bag has.
  virtual Result<bool> note_damage(const Damage& damage) = 0;
  /// False when none was known.
  virtual Result<bool> end_damage(const std::string& location_uuid, const std::string& key) = 0;
  virtual Result<bool> is_file_damaged(const std::string& location_uuid, const std::string& key) = 0;
  /// Whether the location's copy of the version is known to be damaged. A version is made of files that lie below it
  /// and below earlier ones, never of later ones' files: so any damage up to it counts, without asking which files it
  /// takes.
  virtual Result<bool> is_copy_damaged(const std::string& location_uuid, const BagId& bag, Version version) = 0;
  /// The next `limit` in one location behind the key `after`, by key.
  virtual Result<std::vector<Damage>> damage_in(const std::string& location_uuid, const std::string& after,
                                                std::size_t limit) = 0;
  /// Files, in one location.
  virtual Result<std::uint64_t> count_damage(const std::string& location_uuid) = 0;
};

/// Whether an error of reading shows that the copy itself is damaged. An error that time may mend does not: a
/// connection that was cut is truncated, too, but temporary, whereas an object that is shorter than recorded is broken.
/// Nor does what cannot be read, is forbidden or archived: nobody knows then how the copy is.
[[nodiscard]] bool shows_damage(const Error& error);

/// Keeps what readers find, each damage once, and tells it in the log when it becomes known and when it is over. What
/// cannot be kept is logged, and the reader goes on. A reader waits for one look-up of a whole file, and for one small
/// transaction when something has changed.
class DamageNotes {
 public:
  /// All of them outlive it.
  DamageNotes(KnownDamage& known, Clock& clock, Log& journal) : known_(known), clock_(clock), journal_(journal) {}

  /// Reading the copy failed; kept when shows_damage(). `location` is the name of it, for people.
  void failed(const std::string& location, const FileCopy& copy, const Error& error);
  /// Whether a good copy would be news. False, too, when that cannot be told.
  [[nodiscard]] bool is_known(const std::string& location, const FileCopy& copy);
  /// Whether good copies may be news in that location; true, too, when that cannot be told. For whoever reads many
  /// files there: one look-up for all of them.
  [[nodiscard]] bool knows_any(const std::string& location_uuid);
  /// The copy was read from its first byte to its last in that location, and has the recorded size and digest.
  void was_right(const std::string& location, const FileCopy& copy);

 private:
  void complain(const std::string& location, const FileCopy& copy, const Error& error);

  KnownDamage& known_;
  Clock& clock_;
  Log& journal_;
};

}  // namespace strongroom
