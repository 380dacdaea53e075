def digest(content)
  # ruleid: ruby-weak-hash
  Digest::MD5.hexdigest(content)
  # ruleid: ruby-weak-hash
  Digest::SHA1.digest(content)
  # ok: ruby-weak-hash
  Digest::SHA256.hexdigest(content)
end
