class FilesController < ApplicationController
  def show
    # ruleid: ruby-path-traversal
    send_file(Rails.root.join("files", params[:name]))
    # ruleid: ruby-path-traversal
    File.read("/srv/files/#{params[:name]}")
  end

  def safe
    # ok: ruby-path-traversal
    send_file("/srv/files/" + File.basename(params[:name]))
    # ok: ruby-path-traversal
    File.read("/srv/files/terms.txt")
  end
end
