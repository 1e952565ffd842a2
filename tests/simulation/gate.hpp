// Gate: every port event of a simulated world passes here, and the world decides what happens at it.
//
// A port event is a call into a port, or a pull from a stream. At each, before and after its effect, the gate may let
// the walker die, make the call fail, or hand the turn to another walker. Which it does comes from one seed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.hpp"

namespace strongroom::simulation {

/// The process is gone, as with kill -9. Deliberately no std::exception: nothing in the house may catch it.
struct Death {};

enum class Moment : std::uint8_t { before, after };

class Gate {
 public:
  virtual ~Gate() = default;
  /// May throw Death; may give an Error for the call to return (before: without its effect, after: with it).
  virtual Result<void> at(const char* event, Moment moment) = 0;
};

/// Passes a call through the gate. `Call` returns a Result.
template <class Call>
auto gated(Gate& gate, const char* event, Call&& call) -> decltype(call()) {
  if (auto before = gate.at(event, Moment::before); !before) return std::move(before).error();
  auto result = call();
  if (!result) return result;
  if (auto after = gate.at(event, Moment::after); !after) return std::move(after).error();
  return result;
}

}  // namespace strongroom::simulation
