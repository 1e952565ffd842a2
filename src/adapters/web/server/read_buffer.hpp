// Bytes read from a connection and not yet used: small while idle, grown for bodies, never beyond what is asked.
// Used by one thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace strongroom::web {

class ReadBuffer {
 public:
  [[nodiscard]] std::string_view unused() const { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  void consume(std::size_t n) {
    begin_ += n;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() { begin_ = end_ = 0; }

  /// Room behind the unused bytes, of a buffer of at least `capacity` bytes in all; empty when the buffer is full. A
  /// buffer much larger than that is given back.
  std::span<char> room(std::size_t capacity) {
    capacity = std::max(capacity, size());
    if (capacity_ < capacity || capacity_ / 8 > capacity) {
      std::unique_ptr<char[]> data(new char[capacity]);
      if (!empty()) std::memcpy(data.get(), data_.get() + begin_, size());
      data_ = std::move(data);
      capacity_ = capacity;
      end_ = size();
      begin_ = 0;
    } else if (begin_ > 0) {
      std::memmove(data_.get(), data_.get() + begin_, size());
      end_ = size();
      begin_ = 0;
    }
    return {data_.get() + end_, capacity_ - end_};
  }
  void commit(std::size_t n) { end_ += n; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace strongroom::web
