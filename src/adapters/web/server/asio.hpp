// Boost.Asio as the server uses it: the one place that includes it, so that every file sees it configured alike.
// Internal to adapters/web/server.
#pragma once

// The thread sanitizer does not know bare fences (and g++ refuses to compile them with it). Order between handlers
// comes from the queues' mutexes; the fences only add to that.
#ifdef __SANITIZE_THREAD__
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#endif

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
