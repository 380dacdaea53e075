def connect(http)
  # ruleid: ruby-tls-off
  http.verify_mode = OpenSSL::SSL::VERIFY_NONE
  # ok: ruby-tls-off
  http.verify_mode = OpenSSL::SSL::VERIFY_PEER
end
