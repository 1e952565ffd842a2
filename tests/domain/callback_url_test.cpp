// Goal: a callback never leads to our own side of the network, however its address is spelt (domain-rules.md 2.7,
// pipeline.md 11.3). Method: tables of URLs and addresses with the rule they break.
#include "domain/callback_url.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

const std::string kSyntax = "must be an absolute http or https URL.";

TEST(CallbackUrl, Legal) {
  for (const std::string url : {
           "http://example.org",
           "https://example.org/",
           "HTTPS://Example.ORG:8443/a/b?c=d&e=/?f",
           "http://example.org?x",
           "http://example.org:/",
           "http://example.org:65535/a",
           "https://user:pa%20ss@example.org/done",
           "https://user@example.org/",
           "https://example.org/callback?id={id}",
           "https://example.org/{id}/done/{id}",
           "https://example.org/a%7Bid%7D",
           "http://localhost/",
           "http://a_b.example-x.org/~a;b=c,d!$&'()*+@:",
           "http://8.8.8.8/",
           "http://[2606:2800:220:1::1]/a",
           "http://[2606:2800:220:1::1]:81",
           "http://192.0.2.1/",
           "http://256.0.0.1/",
           "http://1.2.3.4.5/",
           "http://4294967296/",
           "http://09.1.1.1/",
           "http://example.org//a//",
       }) {
    EXPECT_EQ(callback_url_fault(url, {}), "") << url;
  }
}

const std::vector<std::string> kNotAbsolute = {
    "",
    "/done",
    "example.org",
    "example.org/done",
    "//example.org/done",
    "ftp://example.org/",
    "file:///etc/passwd",
    "http:example.org",
    "http:/example.org",
    "http://",
    "http:///done",
    "http://?x",
    "http://:80/",
    "http://user@/",
    "http://user@:80/",
    " http://example.org/",
    "http://example.org/ ",
    "http://example.org/a b",
    "http://example.org/a\tb",
    "http://example.org/a\nb",
    std::string("http://example.org/a\0b", 22),
    "http://example.org/é",
    "http://exämple.org/",
    "http://example.org/#top",
    "http://example.org/a?b#c",
    "http://example.org#",
    "http://example.org/%",
    "http://example.org/%2",
    "http://example.org/%zz",
    "http://example.org/{",
    "http://example.org/}",
    "http://example.org/{ID}",
    "http://example.org/{id",
    "http://example.org/{{id}}",
    "http://example.org/{i{id}d}",
    "http://example.org/{ingest}",
    "http://{id}/",
    "http://{id}.example.org/",
    "http://{id}@example.org/",
    "http://example.org:{id}/",
    "http://example.org:x/",
    "http://example.org:65536/",
    "http://example.org:0/",
    "http://example.org:-1/",
    "http://example.org:80:80/",
    "http://a@b@example.org/",
    "http://example.org\\a",
    "http://example.org/a\\b",
    "http://example.org/<a>",
    "http://example.org/a\"b",
    "http://example.org/a|b",
    "http://example.org/[a]",
    "http://example.org?[a]",
    "http://[::1",
    "http://::1/",
    "http://[]/",
    "http://[1.2.3.4]/",
    "http://[2606::1]x/",
    "http://[2606::1]80/",
    "http://[2606::1::2]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[v1.a]/",
    "http://exa%6Dple.org/",
    "http://%31%32%37.0.0.1/",
    "http://us[er@example.org/",
    "javascript://example.org/",
    "httpss://example.org/",
    "x http://example.org/",
};

TEST(CallbackUrl, NotAnAbsoluteUrl) {
  for (const std::string& url : kNotAbsolute) {
    EXPECT_EQ(callback_url_fault(url, {}), kSyntax) << url;
  }
}

TEST(CallbackUrl, Length) {
  const std::string head = "http://example.org/";
  EXPECT_EQ(callback_url_fault(head + std::string(2048 - head.size(), 'a'), {}), "");
  const std::string longer = head + std::string(2049 - head.size(), 'a');
  EXPECT_EQ(callback_url_fault(longer, {}), "must not be longer than 2048 bytes.");
  EXPECT_EQ(callback_url_fault(longer + "#", {}), kSyntax);
  EXPECT_EQ(callback_url_fault("http://10.0.0.5/" + longer, {}), "must not be longer than 2048 bytes.");
}

TEST(CallbackUrl, LiteralAddressesInEverySpelling) {
  for (const std::string host : {
           // 127.0.0.1 and friends
           "127.0.0.1",
           "127.1",
           "127.0.1",
           "2130706433",
           "0x7f000001",
           "0x7F.1",
           "0x7f.0x0.0x0.0x1",
           "017700000001",
           "0177.0.0.1",
           "00000177.1",
           "127.0.0.1.",
           "127.255.255.254",
           // 169.254.169.254
           "169.254.169.254",
           "2852039166",
           "0xa9fea9fe",
           "0XA9.0376.43518",
           "025177524776",
           "169.16689662",
           // the rest of pipeline.md 11.3
           "0.0.0.0",
           "0",
           "0x0",
           "0.1.2.3",
           "10.0.0.5",
           "10.255.255.255",
           "100.64.0.1",
           "100.100.100.200",
           "100.127.255.255",
           "172.16.0.1",
           "172.31.255.255",
           "192.168.1.1",
           "169.254.0.1",
           "224.0.0.1",
           "239.255.255.255",
           "240.0.0.1",
           "255.255.255.255",
           "4294967295",
           "192.0.0.192",
           "168.63.129.16",
       }) {
    EXPECT_EQ(callback_url_fault("http://" + host + "/", {}), "the address " + host + " is not allowed.");
    EXPECT_EQ(callback_url_fault("https://u:p@" + host + ":8080?q", {}), "the address " + host + " is not allowed.");
  }
}

TEST(CallbackUrl, NeighboursOfRefusedNetworksAreAllowed) {
  for (const char* address :
       {"1.0.0.0",      "9.255.255.255",   "11.0.0.0",      "100.63.255.255",  "100.128.0.0", "126.255.255.255",
        "128.0.0.0",    "168.63.129.15",   "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255",
        "172.32.0.0",   "191.255.255.255", "192.0.1.0",     "192.167.255.255", "192.169.0.0", "223.255.255.255",
        "2606:2800::1", "2001:1::1",       "2003::1",       "fbff::1"}) {
    EXPECT_TRUE(callback_address_allowed(address, {})) << address;
  }
}

TEST(CallbackUrl, Ipv6LiteralsAndWhatTheyCarry) {
  for (const std::string address : {
           "::",
           "::1",
           "0:0:0:0:0:0:0:1",
           "fe80::1",
           "febf::1",
           "fec0::1",
           "fc00::1",
           "fdff::1",
           "fd00:ec2::254",
           "FD00:EC2::254",
           "ff02::1",
           "::ffff:169.254.169.254",
           "::ffff:a9fe:a9fe",
           "::FFFF:10.0.0.5",
           "0:0:0:0:0:ffff:7f00:1",  // mapped
           "::ffff:0:10.0.0.5",      // translated
           "::10.0.0.5",
           "::127.0.0.1",  // compatible
           "64:ff9b::10.0.0.5",
           "64:ff9b::a9fe:a9fe",
           "64:ff9b:1::8.8.8.8",  // NAT64
           "2002:a9fe:a9fe::1",
           "2002:a00:5::",  // 6to4
           "2001:0:808:808::f5ff:fffa",
           "2001:0:a00:5::f7f7:f7f7",  // Teredo
           "2606:2800::5efe:10.0.0.5",
           "2606:2800::200:5efe:10.0.0.5",  // ISATAP
       }) {
    EXPECT_EQ(callback_url_fault("http://[" + address + "]/", {}), "the address " + address + " is not allowed.");
    EXPECT_FALSE(callback_address_allowed(address, {})) << address;
  }
  for (const std::string address : {"::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
                                    "2001:0:808:808::f7f7:f7f7", "2606:2800::5efe:8.8.8.8"}) {
    EXPECT_EQ(callback_url_fault("http://[" + address + "]/", {}), "") << address;
    EXPECT_TRUE(callback_address_allowed(address, {})) << address;
  }
}

TEST(CallbackUrl, ConfiguredNetworksAreAllowed) {
  CallbackPolicy policy;
  policy.allowed_networks = {"10.0.0.0/29", "fd12:3456::/32", "nonsense", "169.254.169.254/32"};
  for (const char* address :
       {"10.0.0.5", "10.0.0.7", "::ffff:10.0.0.5", "64:ff9b::10.0.0.5", "fd12:3456::1", "169.254.169.254", "8.8.8.8"}) {
    EXPECT_TRUE(callback_address_allowed(address, policy)) << address;
  }
  for (const char* address : {"10.0.0.8", "::ffff:10.0.0.8", "fd12:3457::1", "169.254.169.253", "127.0.0.1", "::1"}) {
    EXPECT_FALSE(callback_address_allowed(address, policy)) << address;
  }
  EXPECT_EQ(callback_url_fault("http://10.0.0.5/", policy), "");
  EXPECT_EQ(callback_url_fault("http://167772165/", policy), "");
  EXPECT_EQ(callback_url_fault("http://10.0.0.9/", policy), "the address 10.0.0.9 is not allowed.");
  policy.allowed_networks = {"0.0.0.0/0"};
  EXPECT_TRUE(callback_address_allowed("127.0.0.1", policy));
  EXPECT_FALSE(callback_address_allowed("::1", policy));
}

TEST(CallbackUrl, LoopbackIsAllowedOnOneMachine) {
  CallbackPolicy policy;
  policy.loopback_allowed = true;
  for (const char* address : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(callback_address_allowed(address, policy)) << address;
  }
  for (const char* address : {"10.0.0.5", "0.0.0.0", "::", "fe80::1", "169.254.169.254"}) {
    EXPECT_FALSE(callback_address_allowed(address, policy)) << address;
  }
  EXPECT_EQ(callback_url_fault("http://127.1:9000/done", policy), "");
  EXPECT_EQ(callback_url_fault("http://[::1]:9000/done", policy), "");
}

TEST(CallbackUrl, OnlyCanonicalAddressesAreConnectedTo) {
  for (const std::string& text :
       std::vector<std::string>{"", "example.org", "8.8.8", "0x8.8.8.8", "134744072", "08.8.8.8", "8.8.8.8 ",
                                "fe80::1%eth0", "[2606::1]", std::string("8.8.8.8\0", 8)}) {
    EXPECT_FALSE(callback_address_allowed(text, {})) << text;
  }
}

TEST(CallbackUrl, Networks) {
  for (const char* text :
       {"10.0.0.0/8", "10.0.0.5/32", "0.0.0.0/0", "fc00::/7", "::1/128", "::/0", "10.1.2.0/25", "10.1.2.128/25"}) {
    EXPECT_TRUE(is_network(text)) << text;
  }
  for (const char* text :
       {"", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "::/129", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8 ",
        "10.0.0/8", "10.0.0.5/8", "10.1.2.128/24", "fc00::1/7", "10.0.0.0/255.0.0.0", "example.org/8"}) {
    EXPECT_FALSE(is_network(text)) << text;
  }
}

TEST(CallbackUrl, Loopback) {
  for (const char* text : {"127.0.0.1", "127.255.255.255", "::1"}) EXPECT_TRUE(is_loopback(text)) << text;
  for (const char* text : {"", "localhost", "126.0.0.1", "128.0.0.1", "0.0.0.0", "::", "::2"}) {
    EXPECT_FALSE(is_loopback(text)) << text;
  }
}

TEST(CallbackUrl, Masked) {
  const std::pair<const char*, const char*> table[] = {
      {"https://example.org/done", "https://example.org/done"},
      {"https://example.org/done?job=88412", "https://example.org/done?***"},
      {"https://example.org?", "https://example.org?***"},
      {"https://user:secret@example.org:81/done", "https://***@example.org:81/done"},
      {"https://user:secret@example.org?key=a?b@c", "https://***@example.org?***"},
      {"https://example.org/a@b", "https://example.org/a@b"},
      {"not a url?secret", "not a url?***"},
  };
  for (const auto& [url, masked] : table) EXPECT_EQ(masked_callback_url(url), masked);
}

TEST(CallbackUrl, Resolved) {
  EXPECT_EQ(resolved_callback_url("https://example.org/{id}/done?id={id}", "5b1f"),
            "https://example.org/5b1f/done?id=5b1f");
  EXPECT_EQ(resolved_callback_url("https://example.org/%7Bid%7D", "5b1f"), "https://example.org/%7Bid%7D");
  EXPECT_EQ(resolved_callback_url("{id}{id}", "{id}"), "{id}{id}");
}

}  // namespace
}  // namespace strongroom
