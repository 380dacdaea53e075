class PreviewController < ApplicationController
  def show
    # ruleid: ruby-ssrf
    Net::HTTP.get(URI(params[:url]))
    # ruleid: ruby-ssrf
    Faraday.get("http://#{params[:host]}/status")
    # ruleid: ruby-ssrf
    URI.open(params[:image])
  end

  def safe
    # ok: ruby-ssrf
    Faraday.get("https://api.example.com/items/#{params[:item]}")
    # ok: ruby-ssrf
    Faraday.get("https://api.example.com/items", q: params[:q])
  end
end
